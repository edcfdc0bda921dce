using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Host.Diagnostics;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Diagnostics;

/// <summary>The shipped <c>caphr</c> beside a shipped host that provisions the Lab's servers.</summary>
public sealed class DiagnosticsTests
{
    [Fact]
    public async Task Whoever_asks_a_host_at_work_is_told_what_it_does_and_no_secret_reaches_its_log()
    {
        await using var lab = await TestLab.StartAsync(network: 214, servers: 6, speed: 10);
        using var probe = new Probe();
        var folder = Directory.CreateTempSubdirectory("caphr-diag-");
        var socket = Path.Combine(folder.FullName, "caphr.sock");
        try
        {
            lab.StartController("--socket", socket, "--log-format", "json", "--verbose", "--health-port", probe.Port);
            await lab.EventuallyAsync("the host answers", async () => (await CaphrCommand.RunAsync("server", "list", "--socket", socket)).Exit == 0);
            await lab.ApplyDemoAsync();
            await lab.EventuallyAsync("a server is on its way", () => lab.Datacenter.World.Ledger.All().Any(entry => entry.Fact == Lab.World.Fact.ResetPressed));

            var working = Rows(await JsonAsync("server", "list")).First(row => row.GetProperty("machine").ValueKind == JsonValueKind.String);
            var number = working.GetProperty("number").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture);
            var shown = await JsonAsync("server", "show", number);
            Assert.True(shown.GetProperty("here").GetBoolean());
            Assert.Contains(shown.GetProperty("facts").EnumerateArray(), fact => fact.GetProperty("name").GetString() == "image");

            var explained = await JsonAsync("explain", "hrm/worker-1");
            Assert.False(explained.GetProperty("ready").GetBoolean());
            Assert.StartsWith("Not Ready since", explained.GetProperty("why")[0].GetString(), StringComparison.Ordinal);
            Assert.Contains("/servers/", (await CaphrCommand.RunAsync("actor", "tree", "--json", "--socket", socket)).Output, StringComparison.Ordinal);

            foreach (var machine in new[] { "worker-1", "control-plane-1" })
                await lab.EventuallyAsync($"{machine} is provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>(machine))?.Status.Phase == "Provisioned");

            Assert.True((await JsonAsync("explain", "hrm/worker-1")).GetProperty("ready").GetBoolean());
            var server = Rows(await JsonAsync("server", "list")).Single(row => row.GetProperty("machine").GetString() == "demo/worker-1").GetProperty("number").GetInt32();
            var story = (await CaphrCommand.RunAsync("server", "story", $"{server}", "--socket", socket)).Output;
            foreach (var cause in new[] { "Claimed", "ResetPressed", "RescueReached", "ImageWritten", "Configured", "Provisioned" }) Assert.Single(Regex.Matches(story, $@"(?m)^\S+ \S+ +\S+ +\S+ +{cause} "));
            Assert.NotEmpty((await JsonAsync("robot", "budget")).EnumerateArray());
            Assert.Equal(128, (await JsonAsync("shard", "list")).GetArrayLength());
            Assert.True(Assert.Single((await JsonAsync("member", "list")).EnumerateArray()).GetProperty("isMe").GetBoolean());
            Assert.Equal((200, "ok\n"), await probe.AskAsync("readyz"));

            Assert.Equal(0, (await CaphrCommand.RunAsync("journal", "export", Path.Combine(folder.FullName, "copy"), "--socket", socket)).Exit);
            Assert.True(JournalFile.Read("copy", await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "copy"))).Succeeded);

            await NothingSecretIn(lab, [.. lab.Log, await File.ReadAllTextAsync(Path.Combine(folder.FullName, "copy")), (await probe.AskAsync("metrics")).Body]);
            foreach (var line in lab.Log) Assert.Equal(JsonValueKind.String, JsonDocument.Parse(line).RootElement.GetProperty("message").ValueKind);
            Assert.Contains(lab.Log, line => JsonDocument.Parse(line).RootElement.TryGetProperty("server", out var of) && of.ValueKind == JsonValueKind.Number && of.GetInt32() == server);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<JsonElement> JsonAsync(params string[] arguments)
        {
            var (exit, output, error) = await CaphrCommand.RunAsync([.. arguments, "--json", "--socket", socket]);
            Assert.True(exit == 0, error);
            return JsonDocument.Parse(output).RootElement;
        }
    }

    private static IEnumerable<JsonElement> Rows(JsonElement list) => list.EnumerateArray();

    /// <summary>Every value of every Secret, as it is and line by line, because a log has lines.</summary>
    internal static async Task NothingSecretIn(TestLab lab, IReadOnlyList<string> texts)
    {
        var secrets = JsonDocument.Parse(await lab.KubectlAsync("get", "secrets", "-A", "-o", "json")).RootElement.GetProperty("items").EnumerateArray()
            .Where(secret => secret.TryGetProperty("data", out _))
            .SelectMany(secret => secret.GetProperty("data").EnumerateObject())
            // What is called a fingerprint or a name is made to be shown.
            .Where(entry => !entry.Name.Contains("fingerprint", StringComparison.Ordinal) && entry.Name is not ("robot-user" or "format"))
            .SelectMany(entry => Encoding.UTF8.GetString(Convert.FromBase64String(entry.Value.GetString()!)).Split('\n').Append(entry.Value.GetString()!))
            .Select(value => value.Trim())
            .Where(value => value.Length >= 12 && !value.Contains(": ", StringComparison.Ordinal) && !value.StartsWith("-----", StringComparison.Ordinal) && !value.EndsWith(':'))
            .Distinct()
            .ToList();
        Assert.True(secrets.Count > 5, "There are hardly any secrets to look for.");
        foreach (var text in texts) Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
    }
}
