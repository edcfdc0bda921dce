using System.CommandLine;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab up</c>: the datacenter alone, for a controller of your own.</summary>
internal static class UpCommand
{
    public static Command Build(TimeProvider clock)
    {
        var options = new LabOptions();
        var command = new Command("up", """
            Starts a datacenter and shows where its parts are, until Ctrl-C.
            Start a controller against it with the command that is printed, and apply examples/demo with kubectl.
            """);
        options.AddTo(command, servers: null);
        command.SetAction((line, cancellation) => RunAsync(options.Read(line), clock, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(DatacenterOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        using var workplace = new Workplace();
        if (!(await Datacenter.StartAsync(options, clock, cancellation)).TryGet(out var lab, out var failure))
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            return 1;
        }

        await using (lab)
        {
            lab.Kubernetes.WriteKubeconfig(workplace.Kubeconfig);
            foreach (var line in Guide.To(lab, workplace)) await Console.Out.WriteLineAsync(line);
            await Interrupted.WaitAsync(clock, cancellation);
        }

        return 0;
    }
}
