using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using LabelOperator = Caphr.Actors.Allocation.LabelOperator;

namespace Caphr.Host.Control;

/// <summary>The two sides of a choice: what a spec asks for, and what a host offers.</summary>
internal static class HostSearch
{
    public static WaitingMachine For(HetznerRobotMachineSpec spec, ClaimId claim, ObjectName name, DateTimeOffset since) =>
        new(claim, name, since, spec.HostRef?.Name, spec.HostSelector is { } selector ? SelectorOf(selector) : null)
        {
            Hardware = HardwareRequirements.DemandOf(spec),
            InstallDisk = spec.InstallDisk is { Length: > 0 } disk ? disk : null,
            // Whoever brings an image of his own knows what it is for; then only what he asks for counts.
            ImageArchitecture = spec.CustomImageURL is { Length: > 0 } ? null : HardwareRequirements.ArchitectureOf(spec),
        };

    public static HostOffer OfferOf(HetznerRobotHost host, WorldView world)
    {
        var server = world.Server(host);
        return new HostOffer(
            new ServerNumber(host.Spec.ServerID),
            new ObjectName(host.Metadata.Namespace, host.Metadata.Name),
            host.Metadata.Labels,
            PhaseOf(host, server) ?? PhaseShown(host, world),
            TakenBy(host, server),
            host.Spec.MaintenanceMode == true || host.Metadata.CarriesPause(),
            host.Metadata.BeingDeleted)
        {
            HasInternalIP = HasInternalIP(host),
            ReleasedFor = HostReleases.ClaimsOf(host, world),
            FailureDomain = DomainOf(host, server),
            InstallDisk = host.Spec.InstallDisk is { Length: > 0 } disk ? disk : null,
            Hardware = HardwareRequirements.HardwareOf(host.Status.Hardware, server?.State.Record?.Product),
        };
    }

    public static bool HasInternalIP(HetznerRobotHost host) => host.Spec.InternalIP is { Length: > 0 };

    public static string? DomainOf(HetznerRobotHost host, ServerSnapshot? server) =>
        (server?.State.Record?.Datacenter ?? host.Status.FailureDomain) is { Length: > 0 } domain ? domain : null;

    /// <summary>One that is to be inspected first, or has been asked to be, is as good as in it.</summary>
    private static ServerPhase? PhaseOf(HetznerRobotHost host, ServerSnapshot? server)
    {
        if (server?.State is not ServerState.Available free) return server?.State.Phase;
        if (host.Metadata.Annotations.ContainsKey(Names.QuarantinedAnnotation)) return ServerPhase.Quarantined;
        var asked = host.Metadata.Annotations.GetValueOrDefault(Names.InspectAnnotation) is { } token && token != free.Answered.Inspect;
        return asked || (host.Spec.Inspection == InspectionPolicy.BeforeFirstUse && free.Hardware is null) ? ServerPhase.Inspecting : ServerPhase.Available;
    }

    /// <summary>Of a server that another replica works, its status tells; of ours, only the server itself.</summary>
    private static ServerPhase PhaseShown(HetznerRobotHost host, WorldView world) =>
        !world.Works(host) && Enum.TryParse<ServerPhase>(host.Status.Phase, out var phase) ? phase : ServerPhase.Registered;

    private static string? TakenBy(HetznerRobotHost host, ServerSnapshot? server) => host switch
    {
        { Spec.ConsumerRef: { } consumer } => $"{consumer.Namespace}/{consumer.Name}",
        _ => (server?.State as ServerState.Held)?.Plan.Machine.ToString(),
    };

    private static HostSelector SelectorOf(LabelSelector selector) => new(
        selector.MatchLabels ?? new Dictionary<string, string>(),
        [.. (selector.MatchExpressions ?? []).Select(rule => new LabelRule(rule.Key, OperatorOf(rule.Operator), rule.Values ?? []))]);

    private static LabelOperator OperatorOf(Protocols.Kubernetes.Resources.LabelOperator op) => op switch
    {
        Protocols.Kubernetes.Resources.LabelOperator.In => LabelOperator.In,
        Protocols.Kubernetes.Resources.LabelOperator.NotIn => LabelOperator.NotIn,
        Protocols.Kubernetes.Resources.LabelOperator.Exists => LabelOperator.Exists,
        Protocols.Kubernetes.Resources.LabelOperator.DoesNotExist => LabelOperator.DoesNotExist,
    };
}
