using Caphr.Actors.Kernel.Simulation;
using Caphr.Simulation.Tests.Runs;

namespace Caphr.Simulation.Tests;

/// <summary>A bounded set of fixed seeds, so that every build has met some storms; <c>make sim</c> runs as many as one likes.</summary>
public sealed class SeedTests
{
    private const int Seeds = 8;

    [Fact]
    public void Whatever_happens_nothing_forbidden_does_and_everything_comes_to_rest()
    {
        using var said = new StringWriter();

        var code = SimCommand.Run([$"SEEDS={Seeds}", "FROM=1"], said, new VirtualClock(default));

        Assert.True(code == 0, said.ToString());
    }
}
