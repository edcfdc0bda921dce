using Caphr.Actors.Servers;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Runs;

namespace Caphr.Simulation.Tests;

/// <summary>Coverage that counts too much calls a model tested that is not.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void What_every_life_meets_is_met_without_a_trouble_and_what_only_troubles_bring_is_not()
    {
        var met = SimulationRun.Run(new SimulationOptions { Seed = 1, Servers = 2, Machines = 2, Troubles = 0 }).Coverage.Met;

        (string, string)[] inEveryLife =
        [
            ("Registered", "ServerFound"), ("Available", "WishObserved"), ("Install: Arming", "RescueArmed"), ("Install: Pressing", "ResetPressed"), ("Install: Awaiting", "RescueAnswered"),
            ("Install: proving", "RescueProven"), ("Installing", "ImageWritten"), ("Booting: Leaving", "RescueLeft"), ("Booting: AwaitingTalos", "MaintenanceAnswered"),
            ("Configuring", "ConfigurationAccepted"), ("Joining", "NodeProven"), ("Provisioned", "WishObserved"),
        ];
        Assert.Empty(inEveryLife.Except(met));
        Assert.DoesNotContain(met, pair => pair.Input is "Recovered" or "LeftUnknown" or "DeadlineCame" || pair.Input.StartsWith("Refused", StringComparison.Ordinal) || pair.State.StartsWith("Release", StringComparison.Ordinal));
        Assert.Empty(met.Except(Pairs.Possible));
    }

    [Fact]
    public void Every_input_can_be_met_in_some_state_so_a_new_one_that_nothing_answers_is_noticed()
    {
        var inputs = typeof(ServerInput).Assembly.GetTypes().Where(type => type is { IsSealed: true, IsAbstract: false } && type.IsAssignableTo(typeof(ServerInput)) && type != typeof(ServerInput.Heard.Refused)).Select(type => type.Name);
        var refusals = Enum.GetNames<Advice>().Select(advice => $"Refused ({advice})");

        Assert.Equal(inputs.Concat(refusals).Order(StringComparer.Ordinal), Pairs.Possible.Select(pair => pair.Input).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_effect_is_the_step_of_some_state_and_some_answer_ends_it_well()
    {
        var withEffects = Pairs.Possible.GroupBy(pair => pair.State).Where(state => state.Any(pair => pair.Input.StartsWith("Refused", StringComparison.Ordinal)));

        Assert.All(withEffects, state => Assert.Contains(state, pair => pair.Input is not ("WishObserved" or "Recovered" or "DeadlineCame" or "LeftUnknown" or "WriteFailed") && !pair.Input.StartsWith("Refused", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_was_not_met_is_named_by_its_state()
    {
        var coverage = new Coverage();
        coverage.Heard(ServerLifecycle.Start(new ServerNumber(1)), "WishObserved");

        Assert.Contains(coverage.Missing([]), line => line.StartsWith("Registered never heard ", StringComparison.Ordinal) && line.Contains("Recovered", StringComparison.Ordinal) && !line.Contains("WishObserved", StringComparison.Ordinal));
        Assert.Empty(coverage.Unexpected());
        coverage.Heard(ServerLifecycle.Start(new ServerNumber(1)), "DiskWiped");
        Assert.Equal(["Registered has heard DiskWiped"], coverage.Unexpected());
    }
}
