using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Faults;

/// <summary>
/// A stranger with kubectl, at a fleet in which ten things are wrong at once. What they read is kept in docs/operations.md, and is held against what is
/// written now; CAPHR_WRITE_DOCS=1 writes it anew.
/// </summary>
public sealed partial class TenFaultsTests
{
    private const byte Network = 221;

    private static readonly string s_page = Path.Combine(Checkout.Root, "docs", "operations.md");

    [Fact]
    public async Task A_stranger_reads_what_goes_on_since_when_what_comes_next_and_what_to_do()
    {
        await using var lab = await TestLab.StartAsync(Network, servers: StuckMachine.All.Count);
        var folder = Directory.CreateTempSubdirectory("caphr-stuck-");
        try
        {
            var socket = Path.Combine(folder.FullName, "caphr.sock");
            lab.StartController("--socket", socket);
            await ApplyAsync(lab);

            var pages = new List<string>();
            var unsaid = new List<string>();
            foreach (var stuck in StuckMachine.All)
            {
                await lab.EventuallyAsync($"{stuck.Name} shows {stuck.Reason} and '{stuck.Cause}'", async () =>
                    await FindAsync(lab, stuck) is { } machine && Ready(machine)?.Reason == stuck.Reason && machine.Status.Message?.Contains(stuck.Cause, StringComparison.OrdinalIgnoreCase) == true);
                var (described, explained) = await SettledAsync(lab, stuck, socket);
                unsaid.AddRange(Unsaid(stuck, (await FindAsync(lab, stuck))!.Status, described, explained));
                pages.Add(StuckPage.Section(stuck, described, explained));
            }

            Assert.True(unsaid.Count == 0, string.Join('\n', unsaid));
            Assert.Equal(Steady(StuckPage.Read(s_page, pages)), Steady(string.Concat(pages)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The watch behind caphr may be a moment behind the API server that kubectl asks: two looks must say the same.</summary>
    private static async Task<(string Described, string Explained)> SettledAsync(TestLab lab, StuckMachine stuck, string socket)
    {
        var (before, now) = (("", ""), ("", ""));
        await lab.EventuallyAsync($"{stuck.Name} settles", async () =>
        {
            before = now;
            var (exit, explained, error) = await CaphrCommand.RunAsync("explain", $"hrm/{stuck.Name}", "-n", stuck.Namespace, "--socket", socket);
            Assert.True(exit is 0 or 3, error);
            now = (await lab.KubectlAsync("-n", stuck.Namespace, "describe", "hrm", stuck.Name), explained);
            return Steady(now.Item2) == Steady(before.Item2) && Steady(now.Item1.Split("\nEvents:")[0]) == Steady(before.Item1.Split("\nEvents:")[0]);
        });
        return now;
    }

    private static IEnumerable<string> Unsaid(StuckMachine stuck, HetznerRobotMachineStatus status, string described, string explained)
    {
        foreach (var (page, text) in new[] { ("describe", described), ("explain", explained) })
            if (!text.Contains(stuck.Cause, StringComparison.OrdinalIgnoreCase)) yield return $"{stuck.Name}: '{stuck.Cause}' is not in {page}:\n{text}";
        foreach (var said in new[] { "  Phase: ", "  Since: ", "  Message: " })
            if (!described.Contains(said, StringComparison.Ordinal)) yield return $"{stuck.Name}: no{said}in describe";
        // Either it goes on by itself, and says how, or it says what a person can do.
        if (status.Next is null && status.Advice is null) yield return $"{stuck.Name}: neither what comes next nor what to do is said:\n{described}";
    }

    private static async Task ApplyAsync(TestLab lab)
    {
        var servers = lab.Datacenter.World.Servers;
        await lab.ApplyDemoAsync(OfCluster);
        await lab.ApplyDemoAsync(OfCluster, document => document.Replace("namespace: demo", "namespace: other", StringComparison.Ordinal).Replace("kind: Namespace\nmetadata:\n  name: demo", "kind: Namespace\nmetadata:\n  name: other", StringComparison.Ordinal).Replace("robot-demo", "guessed", StringComparison.Ordinal));
        foreach (var (stuck, server) in StuckMachine.All.Zip(servers))
        {
            foreach (var fault in stuck.Faults)
            {
                Assert.True(FaultText.Read(string.Format(CultureInfo.InvariantCulture, fault, server.Number)).TryGet(out var planned, out var failure), failure?.Sentence);
                Assert.Null(lab.Datacenter.World.Faults.Plan(planned));
            }
        }

        await lab.ApplyAsync(string.Join("\n---\n", StuckMachine.All.Zip(servers).Select(pair => StuckManifests.Of(pair.First, pair.Second, lab.Datacenter.Factory.BaseAddress))));
        await MisspellAsync(lab);
    }

    /// <summary>The configuration that another machine was given, with one key that Talos does not know.</summary>
    private static async Task MisspellAsync(TestLab lab)
    {
        var stuck = StuckMachine.All.Single(machine => machine.Bootstrap == BootstrapSource.Misspelt);
        Secret? given = null;
        await lab.EventuallyAsync("somebody's configuration", async () => (given = await lab.GetAsync<Secret>("disk-dead-bootstrap-data")) is not null);
        await lab.ApplyAsync(JsonSerializer.Serialize(new
        {
            apiVersion = "v1",
            kind = "Secret",
            metadata = new { name = stuck.Name, @namespace = stuck.Namespace },
            stringData = new { value = "netwrok: {}\n" + given!.Text("value") },
        }));
    }

    private static bool OfCluster(string document) => !document.Contains("kind: HetznerRobotHost\n", StringComparison.Ordinal) && !document.Contains("kind: Machine\n", StringComparison.Ordinal)
        && !document.Contains("kind: HetznerRobotMachine\n", StringComparison.Ordinal) && !document.Contains("kind: TalosConfig\n", StringComparison.Ordinal);

    private static async Task<HetznerRobotMachine?> FindAsync(TestLab lab, StuckMachine stuck) =>
        (await lab.Kubernetes.GetAsync<HetznerRobotMachine>(new ObjectKey(stuck.Namespace, stuck.Name), CancellationToken.None)).TryGet(out var found, out _) ? found : null;

    private static Condition? Ready(HetznerRobotMachine? machine) => machine?.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready");

    /// <summary>What differs from run to run: numbers, times, and how often something was tried meanwhile.</summary>
    private static string Steady(string page) => Numbers().Replace(page, "#");

    [GeneratedRegex(@"[0-9]+")]
    private static partial Regex Numbers();
}
