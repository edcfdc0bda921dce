using System.CommandLine;
using Caphr.Host.Control;
using Caphr.Host.Effects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Cli;

/// <summary><c>caphr server config-diff</c>: what becomes of a machine's configuration on its server, made as the controller makes it. Only reads. The other verbs ask a running host.</summary>
internal static class ServerCommand
{
    public static Command Create(TimeProvider clock)
    {
        var name = new Argument<string>("machine") { Description = "The HetznerRobotMachine, as <namespace>/<name>." };
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "How to reach the management cluster. Default: the file that KUBECONFIG names, or inside the cluster the service account.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("KUBECONFIG"),
        };
        var talos = new Option<string?>("--talos") { Description = "The Talos version on the server. Default: what the HetznerRobotMachine names." };

        var diff = new Command("config-diff", "Print what a machine's configuration is changed into for its server. Secrets are masked.") { name, kubeconfig, talos };
        diff.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var made = await DiffAsync(parsed.GetValue(name)!, parsed.GetValue(kubeconfig), parsed.GetValue(talos), clock, cancellation);
            await (made.Problem is { } problem ? error.WriteLineAsync(problem) : output.WriteAsync(made.Text));
            return made.Problem is null ? 0 : 1;
        });
        var server = new Command("server", "Look at servers.") { diff };
        foreach (var verb in ServerVerbs.Create(clock)) server.Subcommands.Add(verb);
        return server;
    }

    private static async Task<(string? Text, string? Problem)> DiffAsync(string name, string? kubeconfig, string? talos, TimeProvider clock, CancellationToken cancellation)
    {
        if (name.Split('/') is not [{ Length: > 0 } nameSpace, { Length: > 0 } machine]) return (null, $"Name the HetznerRobotMachine as <namespace>/<name>, not {name}.");
        var connected = kubeconfig is { Length: > 0 } path ? KubernetesConnection.FromKubeconfig(path) : KubernetesConnection.InCluster();
        if (!connected.TryGet(out var connection, out var failure)) return (null, failure.Message);

        using (connection)
        using (var kubernetes = new KubernetesClient(connection, clock))
        {
            if (!(await WorldReader.ReadAsync(kubernetes, nameSpace, clock, cancellation)).TryGet(out var world, out failure)) return (null, failure.Message);
            if (NodePreview.Of(new ObjectKey(nameSpace, machine), world, out var whyNot) is not { } preview) return (null, whyNot);
            if (!TalosVersion.TryParse(talos ?? preview.TalosVersion, out var version)) return (null, "Say with --talos which version is on the server, such as 1.12.");

            var made = await new NodeConfigurations(new SecretReader(kubernetes)).MakeAsync(preview.Order, version, cancellation);
            return made.TryGet(out var configuration, out var problem)
                ? ($"# {name} on server {preview.Order.Server}, Talos {version}\n\n{PlacementReport.Of(configuration.Template, configuration.Placed)}", null)
                : (null, problem.Message);
        }
    }
}
