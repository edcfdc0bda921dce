using System.Globalization;
using Caphr.Lab.Rescue;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue;

namespace Caphr.Lab.Tests.Peers;

/// <summary>OpenSSH's own client at the Lab's rescue systems.</summary>
public sealed class OpenSshTests : IAsyncLifetime
{
    private static readonly TimeSpan s_anyBoot = TimeSpan.FromMinutes(10);

    private readonly ManualClock _clock = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-ssh-");
    private readonly LabWorld _world;
    private readonly LabRescue _rescue;

    public OpenSshTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 1, TimeScale = 1, Network = 150 }, _clock);
        _rescue = new LabRescue(_world, new LabRescueOptions { Port = 0 });
    }

    private LabServer Server => _world.Servers[0];

    private string KeyFile => Path.Combine(_folder.FullName, "key");

    public async Task InitializeAsync()
    {
        var text = SshUserKey.GenerateEd25519().Value;
        await File.WriteAllTextAsync(KeyFile, text.TrimEnd() + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var key = SshUserKey.Parse(text).Value;
        Server.OrderRescue("secret", [], [key.PublicKeyLine]);
        Server.PressReset(ResetKind.Hardware);
        _clock.Advance(s_anyBoot);
    }

    public async Task DisposeAsync()
    {
        await _rescue.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_command_is_run_and_its_status_comes_back()
    {
        Assert.Equal((0, "rescue\n"), await SshAsync("hostname"));
        Assert.Equal(127, (await SshAsync("frobnicate")).ExitCode);
    }

    [Fact]
    public async Task The_agent_is_uploaded_and_proves_where_it_is()
    {
        var script = System.Text.Encoding.UTF8.GetString(Protocols.Rescue.Agent.AgentScript.Text.Span);
        Assert.Equal(0, (await SshAsync(Protocols.Rescue.Agent.AgentScript.UploadCommand, script)).ExitCode);

        var (status, proof) = await SshAsync(Protocols.Rescue.Agent.AgentScript.Command("prove"));

        Assert.Equal(0, status);
        Assert.Contains(Server.Description.SystemUuid, proof, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_key_that_is_pinned_is_refused_after_another_boot()
    {
        Assert.Equal(0, (await SshAsync("hostname", hostKeys: "accept-new")).ExitCode);
        Server.OrderRescue("secret", [], Assert.IsType<RunningSystem.Rescue>(Server.Running).Order.AuthorizedKeys);
        var port = _rescue.EndpointOf(Server)!.Port;
        Server.PressReset(ResetKind.Hardware);
        _clock.Advance(s_anyBoot);

        // The port is another one as well, and a known host is known by it.
        var known = Path.Combine(_folder.FullName, "known");
        await File.WriteAllTextAsync(known, (await File.ReadAllTextAsync(known)).Replace($":{port}", $":{_rescue.EndpointOf(Server)!.Port}", StringComparison.Ordinal));

        Assert.Equal(255, (await SshAsync("hostname", hostKeys: "yes")).ExitCode);
    }

    private async Task<(int ExitCode, string Output)> SshAsync(string command, string input = "", string hostKeys = "no")
    {
        var endpoint = _rescue.EndpointOf(Server)!;
        var known = hostKeys == "no" ? "/dev/null" : Path.Combine(_folder.FullName, "known");
        var (exitCode, output, _) = await Tool.RunAsync(
            "ssh",
            [
                "-F", "/dev/null", "-i", KeyFile, "-p", endpoint.Port.ToString(CultureInfo.InvariantCulture), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
                "-o", "HashKnownHosts=no", "-o", $"StrictHostKeyChecking={hostKeys}", "-o", $"UserKnownHostsFile={known}", $"root@{endpoint.Address}", command,
            ],
            input);
        return (exitCode, output);
    }
}
