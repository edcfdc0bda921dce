using Caphr.Simulation.Tests.Runs;

namespace Caphr.Simulation.Tests;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void The_same_seed_leads_to_the_same_trace(int seed)
    {
        var options = SimulationOptions.Of(seed);
        var (first, second) = (new List<string>(), new List<string>());

        var one = SimulationRun.Run(options, first.Add);
        var other = SimulationRun.Run(options, second.Add);

        Assert.Equal(first, second);
        Assert.Equal(one.Hash, other.Hash);
        Assert.NotEqual(one.Hash, SimulationRun.Run(options with { Seed = seed + 1000 }).Hash);
    }

    [Fact]
    public void A_cluster_without_troubles_is_up_within_minutes_and_every_server_was_reset_once()
    {
        using var simulation = new SimulationRun(new SimulationOptions { Seed = 1, Servers = 3, Machines = 3, Troubles = 0 });

        var result = simulation.Run();

        Assert.Equal((Verdict.Good, ""), (result.Verdict, result.Why));
        Assert.True(result.Virtual < TimeSpan.FromMinutes(8), $"It took {result.Virtual}.");
        Assert.All(simulation.World.Lab.Servers, server => Assert.Equal(1, simulation.World.Lab.Ledger.Count(server.Number, Lab.World.Fact.ResetPressed)));
    }
}
