using System.CommandLine;
using Caphr.Lab.Cli.Admin;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab demo</c>: datacenter, controller and manifests together, to look at.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(500);

    public static Command Build(TimeProvider clock)
    {
        var options = new LabOptions();
        var once = new Option<bool>("--once") { Description = "Ends with 0 when all servers are Provisioned and their Machines Running." };
        var within = new Option<int>("--within") { Description = "With --once: seconds after which it ends with 1 and a sentence per server that is not done.", DefaultValueFactory = _ => 180 };
        within.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() <= 0) result.AddError("--within wants a number of seconds above 0.");
        });
        var command = new Command("demo", """
            Starts a datacenter of six servers and a controller, applies deploy/crds and examples/demo with kubectl,
            and shows how the servers become nodes. It runs until Ctrl-C, or with --once until all is done.
            """);
        options.AddTo(command, servers: 6);
        command.Add(once);
        command.Add(within);
        command.SetAction((line, cancellation) =>
            RunAsync(options.Read(line), line.GetValue(once) ? TimeSpan.FromSeconds(line.GetValue(within)) : null, clock, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(DatacenterOptions options, TimeSpan? within, TimeProvider clock, CancellationToken cancellation)
    {
        if (Repository.Find() is not { } repository) return Fail("caphr-lab demo shows the repository it was built in, and is no longer inside one.");
        using var workplace = new Workplace();
        var kubectl = new Kubectl(workplace.Kubeconfig);
        var started = await Datacenter.StartAsync(
            options with
            {
                Install = async (lab, token) =>
                {
                    lab.Kubernetes.WriteKubeconfig(workplace.Kubeconfig);
                    return await kubectl.ApplyAsync(Manifests.Read(repository.LabCrds, repository.Crds, repository.Policies), token);
                },
            },
            clock,
            cancellation);
        if (!started.TryGet(out var lab, out var failure)) return Fail(failure.Sentence);
        await using (lab)
        {
            workplace.WriteSurroundings(ControllerProcess.Executable);
            foreach (var line in Guide.To(lab, workplace)) Console.WriteLine(line);
            await using var admin = new LabAdmin(lab, workplace.Socket, workplace.Kubeconfig);
            await admin.StartAsync(cancellation);
            await using var controller = await ControllerProcess.StartAsync(lab, workplace, clock);
            var refused = await kubectl.ApplyAsync(Manifests.ReadDemo(repository.Demo, lab.Factory.BaseAddress), cancellation);
            return refused is null ? await WatchAsync(lab, controller, workplace, within, clock, cancellation) : Fail(refused.Sentence);
        }
    }

    private static async Task<int> WatchAsync(
        Datacenter lab, ControllerProcess controller, Workplace workplace, TimeSpan? within, TimeProvider clock, CancellationToken cancellation)
    {
        using var connection = new KubernetesConnection { Server = lab.Kubernetes.BaseAddress };
        using var client = new KubernetesClient(connection, clock);
        var screen = new DemoScreen(Console.Out, !Console.IsOutputRedirected, () => Console.WindowWidth, clock);
        while (true)
        {
            IReadOnlyList<DemoRow> rows;
            try
            {
                rows = await LookAsync(client, cancellation);
                screen.Show(rows);
                if (within is not null && rows.Count > 0 && rows.All(row => row.Done)) return Finish(rows, screen.Elapsed);
                await Task.WhenAny(controller.Exited, Task.Delay(s_glance, clock, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C ends a demo as it should, and one that was to be done by itself before its time.
                return within is null ? 0 : 1;
            }

            if (controller.Exited.IsCompleted)
            {
                workplace.Keep = true;
                return Fail($"The controller ended with {controller.ExitCode}. Its last words are in {workplace.ControllerLog}:", controller.LastWords);
            }

            if (within is not { } limit || screen.Elapsed < limit) continue;
            workplace.Keep = true;
            var now = clock.GetUtcNow();
            return Fail(
                $"Not done within {limit.TotalSeconds:0} s. The controller's log is {workplace.ControllerLog}.",
                rows.Count == 0 ? ["No HetznerRobotHost was found."] : [.. rows.Where(row => !row.Done).Select(row => row.Sentence(now))]);
        }
    }

    private static async Task<IReadOnlyList<DemoRow>> LookAsync(KubernetesClient client, CancellationToken cancellation)
    {
        var hosts = await client.ListAsync<HetznerRobotHost>(Selection.Everything, cancellation);
        var machines = await client.ListAsync<CoreMachine>(Selection.Everything, cancellation);
        if (!hosts.Succeeded || !machines.Succeeded) return [];
        return [.. hosts.Value.Items.OrderBy(host => host.Spec.ServerID).Select(host => DemoRow.Of(host, machines.Value.Items))];
    }

    private static int Finish(IReadOnlyList<DemoRow> rows, TimeSpan elapsed)
    {
        Console.WriteLine($"All {rows.Count} servers are Provisioned and their Machines Running, {elapsed.TotalSeconds:0.0} s after they were applied.");
        return 0;
    }

    private static int Fail(string sentence, params string[] more)
    {
        Console.Error.WriteLine(sentence);
        foreach (var line in more) Console.Error.WriteLine($"  {line}");
        return 1;
    }
}
