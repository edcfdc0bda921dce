using System.Globalization;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Simulation.Tests.Runs;

namespace Caphr.Simulation.Tests;

/// <summary>Fixed seeds, so that every build has met the same storms, and a few that no build has met; <c>make sim</c> runs as many as one likes.</summary>
public sealed class SeedTests
{
    private const int Fixed = 300;
    private const int Fresh = 6;

    [Fact]
    public void Whatever_happens_nothing_forbidden_does_and_everything_comes_to_rest() => Run(Fixed, from: 1);

    /// <summary>A failure names its seed, with which it can be seen again.</summary>
    [Fact]
    public void Storms_that_nobody_has_met_yet_are_no_worse()
    {
#pragma warning disable RS0030 // Seeds are fresh because the time is another one; what they lead to is decided by their number alone.
        var minute = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60;
#pragma warning restore RS0030

        Run(Fresh, from: 1_000_000 + ((int)(minute % 100_000_000) * Fresh));
    }

    private static void Run(int seeds, int from)
    {
        using var said = new StringWriter(CultureInfo.InvariantCulture);

        var code = SimCommand.Run([$"SEEDS={seeds}", $"FROM={from}"], said, new VirtualClock(default));

        Assert.True(code == 0, said.ToString());
    }
}
