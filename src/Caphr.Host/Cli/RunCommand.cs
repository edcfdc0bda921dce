using System.CommandLine;
using Caphr.Host.Composition;

namespace Caphr.Host.Cli;

/// <summary><c>caphr run</c>: the controller itself.</summary>
internal static class RunCommand
{
    public static Command Create(TimeProvider clock, Random random)
    {
        var surroundings = new Surroundings();
        var run = new Command("run", "Run the controller until it is told to stop (SIGTERM or Ctrl-C).");
        surroundings.AddTo(run);
        run.SetAction(async (parsed, cancellation) =>
        {
            if (surroundings.Read(parsed).TryGet(out var configuration, out var failure)) return await Controller.RunAsync(configuration.Options(Environment.MachineName), clock, random, cancellation);
            await parsed.InvocationConfiguration.Error.WriteLineAsync(failure.Message);
            return 1;
        });
        return run;
    }
}
