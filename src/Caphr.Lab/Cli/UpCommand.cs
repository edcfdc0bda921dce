using System.CommandLine;
using Caphr.Lab.Cli.Admin;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab up</c>: a datacenter to do with as you like.</summary>
internal static class UpCommand
{
    public static Command Build(TimeProvider clock)
    {
        var options = new LabOptions();
        var alone = new Option<bool>("--no-controller") { Description = "Without a controller, for one of your own: the command that starts it is printed." };
        var command = new Command("up", """
            Starts a datacenter and a controller, and shows where the parts are, until Ctrl-C. Apply examples/demo with kubectl to see it work.
            """);
        options.AddTo(command, servers: null);
        command.Add(alone);
        command.SetAction((line, cancellation) => RunAsync(options.Read(line), line.GetValue(alone), clock, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(DatacenterOptions options, bool isAlone, TimeProvider clock, CancellationToken cancellation)
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
            workplace.WriteSurroundings(ControllerProcess.Executable);
            foreach (var line in Guide.To(lab, workplace)) await Console.Out.WriteLineAsync(line);
            await using var admin = new LabAdmin(lab, workplace.Socket, workplace.Kubeconfig);
            await admin.StartAsync(cancellation);
            return isAlone ? await AloneAsync(clock, cancellation) : await WithControllerAsync(lab, workplace, clock, cancellation);
        }
    }

    private static async Task<int> AloneAsync(TimeProvider clock, CancellationToken cancellation)
    {
        await Interrupted.WaitAsync(clock, cancellation);
        return 0;
    }

    private static async Task<int> WithControllerAsync(Datacenter lab, Workplace workplace, TimeProvider clock, CancellationToken cancellation)
    {
        await using var controller = await ControllerProcess.StartAsync(lab, workplace, clock);
        await Console.Out.WriteLineAsync($"A controller is at work; its log is {workplace.ControllerLog}.");
        await Task.WhenAny(controller.Exited, Interrupted.WaitAsync(clock, cancellation));
        if (!controller.Exited.IsCompleted) return 0;
        workplace.Keep = true;
        return await OnLab.FailAsync(new LabFailure($"The controller ended with {controller.ExitCode}. Its log is {workplace.ControllerLog}; its last words:\n  {string.Join("\n  ", controller.LastWords)}"));
    }
}
