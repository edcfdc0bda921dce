using Caphr.Lab.Cli;
using Caphr.Lab.Cli.Admin;
using Caphr.Lab.Robot;
using Caphr.Lab.Tests.Rescue;
using Caphr.Lab.World;
using Caphr.Lab.World.Deeds;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Tests.Cli;

/// <summary>Other commands at a Lab that runs.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private readonly Workplace _workplace = new();
    private Datacenter _lab = null!;
    private LabAdmin _admin = null!;
    private LabConnection _connection = null!;

    public async Task InitializeAsync()
    {
        var options = new DatacenterOptions { World = new WorldOptions { Servers = 3, Network = 151, TimeScale = 100 }, Install = (_, _) => Task.FromResult<LabFailure?>(null) };
        _lab = (await Datacenter.StartAsync(options, Clock.Real, default)).Value;
        _admin = new LabAdmin(_lab, _workplace.Socket, _workplace.Kubeconfig);
        await _admin.StartAsync(default);
        _connection = (await LabConnection.FindAsync([_workplace.Socket + ".gone", _workplace.Socket], default)).Value;
    }

    public async Task DisposeAsync()
    {
        _connection.Dispose();
        await _admin.DisposeAsync();
        await _lab.DisposeAsync();
        _workplace.Dispose();
    }

    [Fact]
    public async Task Where_none_runs_it_is_said_how_to_start_one() =>
        Assert.Contains("caphr-lab up", (await LabConnection.FindAsync([_workplace.Socket + ".gone"], default)).Failure?.Sentence, StringComparison.Ordinal);

    [Fact]
    public void A_workplace_is_found_and_only_its_owner_can_enter_it()
    {
        Assert.Contains(_workplace.Socket, Workplace.Sockets());
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_workplace.Socket)!));
    }

    [Fact]
    public async Task The_status_counts_what_runs_and_names_what_is_broken()
    {
        Assert.Equal("", (await _connection.BreakAsync("robot maintenance\nserver 2938102 power-lost write 40%", default)).Value);

        var status = (await _connection.GetAsync("status", AdminJson.Default.LabView, default)).Value;

        Assert.Equal((3, 3), (status.Servers, status.Running["nothing to boot"]));
        Assert.Equal(["robot maintenance"], status.Faults);
        Assert.Equal(["server 2938102 power-lost write 40%"], status.Planned);
        Assert.Contains("robot maintenance", StatusCommand.Text(status), StringComparison.Ordinal);
        Assert.Contains(RobotScenario.Maintenance, _lab.Robot.Scenarios);
    }

    [Fact]
    public async Task Servers_are_listed_and_one_is_shown_with_its_disks()
    {
        Assert.Equal("", (await _connection.BreakAsync("server 2938102 slow-disk", default)).Value);

        var servers = (await _connection.GetAsync("servers", AdminJson.Default.IReadOnlyListServerView, default)).Value;
        var one = (await _connection.GetAsync("servers/2938102", AdminJson.Default.ServerView, default)).Value;

        Assert.Equal([2938101, 2938102, 2938103], servers.Select(server => server.Number));
        Assert.Equal(["slow-disk"], one.Faults);
        Assert.Contains(one.Disks[1].Serial, ServersCommand.One(one), StringComparison.Ordinal);
        Assert.Contains("slow-disk", ServersCommand.All(servers), StringComparison.Ordinal);
        Assert.Equal("There is no server 7.", (await _connection.GetAsync("servers/7", default)).Failure?.Sentence);
    }

    [Fact]
    public async Task A_script_with_a_mistake_in_it_breaks_nothing()
    {
        var refused = await _connection.BreakAsync("robot maintenance\n\n# a remark\nserver 2938102 catches-fire # really\n", default);

        Assert.Contains("catches-fire", refused.Failure?.Sentence, StringComparison.Ordinal);
        Assert.Empty(_lab.World.Faults.Standing);
    }

    [Fact]
    public async Task What_was_broken_is_healed_by_its_words()
    {
        await _connection.BreakAsync("server 2938102 slow-disk\nserver 2938103 disk-dead\nrobot maintenance", default);

        Assert.Equal("", (await _connection.BreakAsync("heal server 2938102 slow-disk", default)).Value);
        Assert.Equal(2, _lab.World.Faults.Standing.Count);
        Assert.Equal("", (await _connection.BreakAsync("heal all", default)).Value);
        Assert.Empty(_lab.World.Faults.Standing);
    }

    [Fact]
    public async Task A_recording_holds_what_was_done()
    {
        _lab.World.Servers[0].OrderRescue("secret", [], []);
        _lab.World.Servers[0].PressReset(ResetKind.Hardware);
        await _connection.BreakAsync("server 2938102 slow-disk", default);

        var recording = Recording.Read((await _connection.GetAsync("recording", default)).Value.Split('\n')).Value;

        Assert.Equal(3, recording.World.Servers);
        Assert.Equal([DeedKind.OrderRescue, DeedKind.PressReset, DeedKind.PlanFault], recording.Deeds.Select(deed => deed.Kind));
        Assert.Contains(Replay.Run(recording).Ledger.All(), entry => entry.Fact == Fact.RescueBooted);
    }

    [Fact]
    public void Everything_that_can_break_is_listed()
    {
        var listed = FaultCommand.Everything().Select(line => line.Trim()).ToHashSet();

        Assert.Subset(listed, Words.All<ServerFault>().Concat(Words.All<RobotScenario>()).Concat(Words.All<ApiFault>()).Concat(Words.All<Fact>()).ToHashSet());
    }
}
