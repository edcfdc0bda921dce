using System.Net;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Tests.World.Faults;

/// <summary>When faults strike, and when they do not.</summary>
public sealed class FaultDeskTests
{
    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;

    public FaultDeskTests() => _world = new LabWorld(new WorldOptions { Servers = 3, TimeScale = 10 }, _clock);

    private LabServer First => _world.Servers[0];

    private LabServer Second => _world.Servers[1];

    [Fact]
    public void A_fault_planned_for_later_strikes_then_in_hardware_time()
    {
        Plan($"server {First.Number} disk-dead in 5m");

        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(_world.Faults.Standing);
        Assert.Single(_world.Faults.Waiting);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([new LabFault.OfServer(First.Number, ServerFault.DiskDead)], _world.Faults.Standing);
        Assert.Empty(_world.Faults.Waiting);
    }

    [Fact]
    public void A_fault_that_waits_for_an_occasion_strikes_on_that_very_occasion_and_on_no_other_server()
    {
        Plan($"server {First.Number} reset-silent on reset-pressed");

        Second.PressReset(ResetKind.Hardware);
        Assert.IsType<RunningSystem.Booting>(Second.Running);

        First.PressReset(ResetKind.Hardware);
        Assert.IsType<RunningSystem.Stuck>(First.Running);
        First.PressReset(ResetKind.Hardware);
        Assert.IsType<RunningSystem.Booting>(First.Running);
    }

    [Fact]
    public void By_chance_some_are_struck_and_with_the_same_seed_the_same()
    {
        var (one, again) = (Struck(seed: 4), Struck(seed: 4));

        Assert.InRange(one.Length, 1, 99);
        Assert.Equal(one, again);
        Assert.NotEqual(one, Struck(seed: 5));

        static int[] Struck(int seed)
        {
            var world = new LabWorld(new WorldOptions { Servers = 100, Seed = seed }, new ManualClock());
            Assert.Null(world.Faults.Plan(FaultText.Read("server any power-lost chance 30% on reset-pressed").Value));
            foreach (var server in world.Servers) server.PressReset(ResetKind.Hardware);
            return [.. world.Ledger.All().Where(entry => entry.Fact == Fact.PowerLost).Select(entry => entry.Server)];
        }
    }

    [Fact]
    public void What_is_healed_is_neither_there_nor_to_come()
    {
        Plan($"server {First.Number} disk-dead");
        Plan($"server {First.Number} disk-dead in 5m");

        Assert.Null(_world.Faults.Heal(new LabFault.OfServer(First.Number, ServerFault.DiskDead)));
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_world.Faults.Standing);
        Assert.Empty(_world.Faults.Waiting);
    }

    [Fact]
    public void All_can_be_healed_at_once()
    {
        var robot = new LabRobot(_world, new LabRobotOptions());
        Plan("robot maintenance");
        Plan($"server {First.Number} network-detached");
        Plan($"server {Second.Number} power-lost write 40%");
        Assert.Equal(2, _world.Faults.Standing.Count);

        _world.Faults.HealAll();

        Assert.Empty(_world.Faults.Standing);
        Assert.Empty(_world.Faults.Waiting);
        Assert.Empty(robot.Scenarios);
        Assert.True(First.IsAttached);
    }

    [Fact]
    public void A_clock_that_jumps_lets_an_order_expire_and_no_boot_go_faster()
    {
        First.OrderRescue("secret", [], []);
        First.PressReset(ResetKind.Hardware);

        Plan("clock jump 2h");
        Assert.Null(First.PendingRescue);
        Assert.Equal(new RunningSystem.Booting("firmware"), First.Running);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<RunningSystem.Stuck>(First.Running);
    }

    [Fact]
    public void What_cannot_be_is_said()
    {
        Assert.Equal("There is no server 7: they are 2938101 to 2938103.", _world.Faults.Plan(FaultText.Read("server 7 disk-dead").Value)?.Sentence);
        Assert.Contains("say which", _world.Faults.Plan(FaultText.Read("server any disk-dead").Value)?.Sentence, StringComparison.Ordinal);
        Assert.Equal("Nothing in this Lab can suffer \"api partition\".", _world.Faults.Plan(FaultText.Read("api partition").Value)?.Sentence);
        Assert.Empty(_world.Faults.Standing);
    }

    [Fact]
    public void Robot_is_broken_by_the_same_words()
    {
        var robot = new LabRobot(_world, new LabRobotOptions());
        Plan("robot answer 503 of GET /server");
        var call = new LabRobotCall(HttpMethod.Get, "/server", "", "Basic " + Convert.ToBase64String("robot:robot-demo"u8), IPAddress.Loopback);

        Assert.Equal(new LabRobotAnswer.Told(503, null), robot.Answer(call));
        Assert.Equal(200, Assert.IsType<LabRobotAnswer.Told>(robot.Answer(call)).Status);
        Plan("robot silence");
        Assert.IsType<LabRobotAnswer.Silent>(robot.Answer(call));
    }

    private void Plan(string line) => Assert.Null(_world.Faults.Plan(FaultText.Read(line).Value));
}
