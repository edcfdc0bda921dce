using Caphr.Actors.Servers;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Runs;
using Caphr.Simulation.Tests.World;
using Trouble = Caphr.Simulation.Tests.Troubles.Trouble;

namespace Caphr.Simulation.Tests;

/// <summary>
/// Each trouble at each phase of a server's life, from its claim to its node and back to being free: the same end, no reset that was not due, no second
/// claim, no forbidden write. What happened is asked of the world, not of the controller.
/// </summary>
public sealed class MatrixTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(3);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static readonly ServerPhase[] s_upwards =
    [
        ServerPhase.EnteringRescue, ServerPhase.InRescue, ServerPhase.Installing, ServerPhase.Booting, ServerPhase.Configuring, ServerPhase.Joining, ServerPhase.Provisioned,
    ];

    public static TheoryData<string, ServerPhase> Cases()
    {
        var cases = new TheoryData<string, ServerPhase>();
        foreach (var trouble in s_troubles.Keys)
        {
            foreach (var phase in s_upwards) cases.Add(trouble, phase);
            cases.Add(trouble, ServerPhase.Releasing);
        }

        return cases;
    }

    private static readonly Dictionary<string, (Func<int, Trouble> Make, int MoreResets)> s_troubles = new(StringComparer.Ordinal)
    {
        ["the controller is killed"] = (_ => new Trouble.Crash(default, 0, 0, TimeSpan.FromSeconds(20)), 0),
        ["the API server is gone for two minutes"] = (_ => new Trouble.LinkDown(default, 0, null, Link.Kubernetes, LinkState.Broken, 2 * s_minute), 0),
        ["the API server is silent for two minutes"] = (_ => new Trouble.LinkDown(default, 0, null, Link.Kubernetes, LinkState.Silent, 2 * s_minute), 0),
        ["the database is gone for a minute"] = (_ => new Trouble.LinkDown(default, 0, null, Link.Database, LinkState.Broken, s_minute), 0),
        ["Robot answers 503"] = (_ => Reply(new RobotFault.Answer(503)), 0),
        ["Robot answers 403"] = (_ => Reply(new RobotFault.Answer(403)), 0),
        ["Robot answers 401, and a person changes the Secret after a minute"] = (_ => new Trouble.PasswordChanged(default, 0, s_minute), 0),
        ["Robot loses an answer"] = (_ => Reply(new RobotFault.LoseReply()), 0),
        ["Robot cannot be reached for a minute"] = (_ => new Trouble.LinkDown(default, 0, null, Link.Robot, LinkState.Broken, s_minute), 0),
        ["SSH is cut"] = (server => Server(server, ServerFault.SshCut), 0),
        ["SSH cannot be reached for a minute"] = (_ => new Trouble.LinkDown(default, 0, null, Link.Rescue, LinkState.Broken, s_minute), 0),
        // The power takes the rescue system or what was being written with it: one more way through the rescue system is what that costs, or two.
        ["the power fails"] = (server => Server(server, ServerFault.PowerLost), 2),
        // It takes the order of whoever boots meanwhile, and is only told from a rescue system that is late by its keys and by the clock.
        ["somebody else's system answers on port 22"] = (server => new Trouble.OfLab(default, 0, new LabFault.OfServer(server, ServerFault.ForeignSystem), 10 * s_minute), 1),
        ["the watches are dropped and their history forgotten"] = (_ => new Trouble.OfLab(default, 0, new LabFault.OfApi(ApiFault.HistoryForgotten), null), 0),
        ["all answers of the database are lost for a while"] = (_ => new Trouble.AnswersLost(default, 0, 0, Link.Database, 2), 0),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_trouble_at_each_phase_leads_to_the_same_end(string trouble, ServerPhase phase)
    {
        var (make, moreResets) = s_troubles[trouble];
        using var world = new SimulatedWorld(new SimulationOptions { Seed = 11, Servers = 1, Machines = 1, Troubles = 0 });
        var server = world.Lab.Servers[0];

        Reach(world, server, phase == ServerPhase.Releasing ? ServerPhase.Provisioned : phase);
        if (phase == ServerPhase.Releasing)
        {
            Delete(world);
            Reach(world, server, phase);
        }

        world.Dispatcher.Run(() => make(server.Number).Strike(world));
        if (phase != ServerPhase.Releasing)
        {
            // Not before the trouble has had its time: it must not be over because nobody looked.
            world.Dispatcher.RunFor(TimeSpan.FromMinutes(4));
            Rest(world, "the machine runs", () => world.Watch.Mirror.Machines.SingleOrDefault()?.Status.Ready == true);
            Assert.IsType<RunningSystem.TalosConfigured>(server.Running);
            Assert.InRange(world.Lab.Ledger.Count(server.Number, Fact.ResetPressed), 1, 1 + moreResets);
            Assert.InRange(world.Lab.Ledger.Count(server.Number, Fact.DiskWriteStarted), 1, 1 + moreResets);
            Delete(world);
        }

        Rest(world, "the server is free again", () => !world.Watch.Mirror.Machines.Any() && world.Watch.Mirror.HostOf(server.Number) is { Spec.ConsumerRef: null, Status.Phase: "Available" });
        Assert.Null(server.SystemDisk);
        Assert.InRange(world.Lab.Ledger.Count(server.Number, Fact.ResetPressed), 1, 2 + moreResets);
        world.Watch.Finish();
        Assert.Null(world.Watch.Violation);
    }

    private static void Delete(SimulatedWorld world) => world.Dispatcher.Run(() => Manifests.DeleteMachine(world.Person, SimulatedWorld.MachineName(1)));

    private static void Reach(SimulatedWorld world, LabServer server, ServerPhase phase) => Rest(world, $"the server is {phase}", () => world.Watch.PhaseOf(server.Number) == phase.ToString());

    private static void Rest(SimulatedWorld world, string what, Func<bool> isSo)
    {
        var arrived = world.Dispatcher.RunUntil(
            () =>
            {
                world.Watch.Mirror.CatchUp();
                return world.Watch.Violation is not null || isSo();
            },
            s_patience);
        Assert.Null(world.Watch.Violation);
        Assert.True(arrived, $"Never: {what}. {Convergence.WhyNot(world)}\n{string.Join('\n', world.Logs.Lines.TakeLast(30))}");
    }

    private static Trouble.OfLab Reply(RobotFault fault) => new(default, 0, new LabFault.OfReply(fault), null);

    private static Trouble.OfLab Server(int server, ServerFault fault) => new(default, 0, new LabFault.OfServer(server, fault), null);
}
