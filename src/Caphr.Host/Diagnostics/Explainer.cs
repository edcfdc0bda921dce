using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Diagnostics;

/// <summary>Why an object is not Ready, told from the object inwards: its own condition, who owns it, its cluster, its server. Pure.</summary>
internal static class Explainer
{
    public static Explanation Of(HetznerRobotMachine machine, WorldView world)
    {
        var host = world.HostOf(machine);
        var state = host is null ? null : world.Server(host)?.State;
        return Tell(
            HetznerRobotMachine.Resource.Kind,
            machine.Metadata,
            machine.Status.Conditions,
            machine.Status.ObservedGeneration,
            [
                .. OwnerOf(machine, world),
                .. OfCluster(world.ClusterOf(machine), machine.Metadata.Labels.GetValueOrDefault(ClusterApi.ClusterNameLabel), world),
                host is null ? "It has no server yet." : $"Its server is {host.Spec.ServerID} (HetznerRobotHost {host.Metadata.Name}).",
                .. host is null ? [] : OfServer(host, world),
                .. machine.Status.Next is { } next ? [$"Next: {next}"] : (IEnumerable<string>)[],
            ],
            state is ServerState.Failed ? [$"When the cause is mended: kubectl annotate --overwrite -n {machine.Metadata.Namespace} hetznerrobotmachine {machine.Metadata.Name} {Names.RetryAnnotation}=\"$(date +%s)\""] : []);
    }

    public static Explanation Of(HetznerRobotHost host, WorldView world) => Tell(
        HetznerRobotHost.Resource.Kind,
        host.Metadata,
        host.Status.Conditions,
        host.Status.ObservedGeneration,
        [
            $"It stands for server {host.Spec.ServerID}.",
            .. host.Spec.MaintenanceMode == true ? ["It is in maintenance (spec.maintenanceMode): it is not offered to machines."] : (IEnumerable<string>)[],
            host.Spec.ConsumerRef is { } consumer ? $"It is claimed by HetznerRobotMachine {consumer.Namespace}/{consumer.Name}{(world.Consumer(host) is null ? ", which is gone or has another server" : "")}." : "No machine claims it.",
            .. host.Spec.ConsumerRef is null && world.AccountFor(host) is null ? ["No HetznerRobotCluster of its namespace offers credentials for Robot."] : (IEnumerable<string>)[],
            .. OfServer(host, world),
        ],
        []);

    public static Explanation Of(HetznerRobotCluster cluster, WorldView world) => Tell(
        HetznerRobotCluster.Resource.Kind,
        cluster.Metadata,
        cluster.Status.Conditions,
        cluster.Status.ObservedGeneration,
        [
            world.ClusterOf(cluster) is { } owner ? $"Cluster {owner.Metadata.Name} names it{(owner.Paused ? ", and is paused" : "")}." : "No Cluster names it in its infrastructureRef.",
            .. cluster.Metadata.CarriesPause() ? [$"It carries the annotation {ClusterApi.PausedAnnotation}."] : (IEnumerable<string>)[],
            string.Create(
                CultureInfo.InvariantCulture,
                $"Its namespace has {world.Hosts.Count(host => host.Metadata.Namespace == cluster.Metadata.Namespace)} HetznerRobotHosts, of which {world.Hosts.Count(host => host.Metadata.Namespace == cluster.Metadata.Namespace && host.Spec.ConsumerRef is null)} are claimed by no machine."),
        ],
        []);

    private static Explanation Tell(string kind, ObjectMeta metadata, IReadOnlyList<Condition> conditions, long? observed, IReadOnlyList<string> around, IReadOnlyList<string> more)
    {
        var ready = conditions.FirstOrDefault(condition => condition.Type == "Ready");
        // Paused and Deleting are well when they do not hold.
        var wrong = conditions.Where(condition => condition.Type is not ("Ready" or "Available") && condition.Status != (condition.Type is "Paused" or "Deleting" ? "False" : "True")).ToList();
        return new Explanation(
            $"{kind} {metadata.Namespace}/{metadata.Name}",
            ready?.Status == "True",
            [
                ready switch
                {
                    null => "It has no condition Ready yet: no replica has looked at it. With --watch-filter, its label cluster.x-k8s.io/watch-filter must fit.",
                    { Status: "True" } => $"Ready since {At(ready.LastTransitionTime)}.",
                    _ => $"Not Ready since {At(ready.LastTransitionTime)}: {Said(ready)}",
                },
                .. observed is { } seen && metadata.Generation > seen ? ["The object has changed since, and what follows may be of before."] : (IEnumerable<string>)[],
                .. metadata.BeingDeleted ? ["It is being deleted."] : (IEnumerable<string>)[],
                .. wrong.Where(condition => condition.Message != ready?.Message || condition.Message.Length == 0).Select(condition => $"{condition.Type} is {condition.Status}: {Said(condition)}"),
                .. around,
            ],
            [
                .. wrong.Append(ready).OfType<Condition>().Where(condition => condition.Type != "Ready" || condition.Status != "True")
                    .Select(condition => Remedies.For(kind, condition.Reason)).OfType<string>().Distinct(),
                .. more,
            ]);
    }

    private static IEnumerable<string> OwnerOf(HetznerRobotMachine machine, WorldView world) => world.OwnerOf(machine) switch
    {
        null => ["No Cluster API Machine owns it: Cluster API makes the owner reference when a Machine names it in spec.infrastructureRef."],
        { Metadata.BeingDeleted: true } owner => [$"Machine {owner.Metadata.Name} owns it, and is being deleted."],
        { Spec.Bootstrap.DataSecretName: { Length: > 0 } secret } owner => [$"Machine {owner.Metadata.Name} owns it; its configuration is in Secret {secret}."],
        var owner => [$"Machine {owner.Metadata.Name} owns it; its bootstrap provider has not written the configuration yet{(owner.Spec.Bootstrap.ConfigRef is { } config ? $": look at {config.Kind} {config.Name}" : "")}."],
    };

    private static IEnumerable<string> OfCluster(Cluster? cluster, string? named, WorldView world)
    {
        if (cluster is null) return [named is null ? $"It has no label {ClusterApi.ClusterNameLabel}, so its cluster is not known." : $"There is no Cluster {named} in its namespace."];
        if (cluster.Paused) return [$"Cluster {cluster.Metadata.Name} is paused: nothing is started."];
        if (world.InfraClusterOf(cluster) is not { } infra) return [$"Cluster {cluster.Metadata.Name} names no HetznerRobotCluster that is there."];
        return cluster.InfrastructureProvisioned
            ? [$"Cluster {cluster.Metadata.Name} is provisioned."]
            : [$"Cluster {cluster.Metadata.Name} waits for HetznerRobotCluster {infra.Metadata.Name}: {infra.Status.Message ?? "it has not been looked at yet"}"];
    }

    private static IEnumerable<string> OfServer(HetznerRobotHost host, WorldView world)
    {
        if (!world.Works(host)) return ["Another replica works this server: ask it with `caphr server list`."];
        if (world.Server(host) is not { State: var state } server) return ["The server's actor has not reported yet."];
        var since = state.Since == default ? "" : $" since {At(state.Since)}";
        var until = state.Deadline is { } deadline ? $", until {At(deadline)} at the latest" : "";
        return [$"The server is in phase {state.Phase}{since}{until}: {ServerWords.Message(server)}"];
    }

    private static string Said(Condition condition) => condition.Message.Length == 0 ? $"{condition.Reason}." : $"{condition.Message} ({condition.Reason})";

    private static string At(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
