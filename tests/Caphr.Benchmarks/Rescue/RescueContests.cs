using System.Diagnostics;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;
using Caphr.Protocols.Tests.Rescue;

namespace Caphr.Benchmarks.Rescue;

/// <summary>From nothing to a proven rescue system, which is what a server that has just booted is asked first: our client against OpenSSH's, at one real sshd.</summary>
internal static class RescueContests
{
    private const string OneByOne = "rescue, connect and prove, against OpenSSH's ssh";
    private const string AtOnce = "rescue, connect and prove 10 at once, against OpenSSH's ssh";
    private const int Connects = 10;

    public static async Task RunAsync(Report report)
    {
        if (report.IsLeftOut(OneByOne) && report.IsLeftOut(AtOnce)) return;

        var keyText = SshUserKey.GenerateEd25519().Value;
        using var key = SshUserKey.Parse(keyText).Value;
        await using var sshd = await Sshd.StartAsync([key.PublicKeyLine]);
        FakeRescueRoot.LayOutMarkers(sshd.Root);
        var keyFile = Path.Combine(sshd.Root, "key");
        await File.WriteAllTextAsync(keyFile, keyText);
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead);
        using var connector = new RescueConnector(new RescueConnectorOptions { User = Environment.UserName }, new RealTime());

        await report.CompareAsync(OneByOne, Connects, () => InTurnAsync(Ours), () => InTurnAsync(OpenSsh));
        await report.CompareAsync(AtOnce, Connects, () => TogetherAsync(Ours), () => TogetherAsync(OpenSsh));

        async Task Ours()
        {
            await using var session = (await connector.ConnectAsync(sshd.Endpoint, key, new HostKeyPolicy.Pinned(sshd.HostKeyFingerprint), CancellationToken.None)).Value;
            _ = (await session.ProveAsync(CancellationToken.None)).Value;
        }

        async Task OpenSsh()
        {
            var start = new ProcessStartInfo("ssh", [
                "-F", "none", "-i", keyFile, "-p", $"{sshd.Endpoint.Port}", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "LogLevel=ERROR", $"{Environment.UserName}@{sshd.Endpoint.Address}", AgentScript.Command("prove")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            await process.StandardInput.WriteAsync("{}");
            process.StandardInput.Close();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"ssh ended with {process.ExitCode}.");
        }
    }

    private static async Task InTurnAsync(Func<Task> connect)
    {
        for (var i = 0; i < Connects; i++) await connect();
    }

    private static Task TogetherAsync(Func<Task> connect) => Task.WhenAll(Enumerable.Range(0, Connects).Select(_ => connect()));
}
