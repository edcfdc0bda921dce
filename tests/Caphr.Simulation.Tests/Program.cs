using Caphr.Simulation.Tests.Runs;

namespace Caphr.Simulation.Tests;

/// <summary>Runs seeds, as <c>make sim</c> asks for.</summary>
internal static class Program
{
#pragma warning disable RS0030 // How long runs take is told in the time of whoever waits for them; nothing in a run knows it.
    private static int Main(string[] arguments) => SimCommand.Run(arguments, Console.Out, TimeProvider.System);
#pragma warning restore RS0030
}
