using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Control;

/// <summary>From objects to what is wanted of each server.</summary>
internal static class WishBuilder
{
    public static ServerWish For(HetznerRobotHost host, HoldBack? hold, WorldView world)
    {
        var consumer = world.Consumer(host);
        var annotations = host.Metadata.Annotations;
        var isFree = host.Spec.ConsumerRef is null && !world.NodesOn(host).Any();
        var wish = new ServerWish
        {
            Number = new ServerNumber(host.Spec.ServerID),
            Robot = world.AccountFor(host) is { } account ? AccessOf(account) : null,
            // A claim whose machine is not to be seen starts nothing either: the machine may be paused, and on its way to another cluster.
            Paused = host.Spec.MaintenanceMode == true || host.Metadata.CarriesPause() || (consumer is null ? host.Spec.ConsumerRef is not null : IsPaused(consumer, world)),
            // A claimed server, or one whose node a machine is by whatever sign, is not free however little the journal knows of it.
            InspectFirst = isFree && host.Spec.Inspection == InspectionPolicy.BeforeFirstUse,
            Doubted = isFree ? DoubtIn(annotations) : null,
            Requests = new StandingRequests(
                isFree || world.Server(host)?.State is ServerState.Held ? annotations.GetValueOrDefault(Names.InspectAnnotation) : null,
                annotations.GetValueOrDefault(Names.PowerCycleAnnotation),
                annotations.GetValueOrDefault(Names.RetryAnnotation),
                annotations.GetValueOrDefault(Names.AcceptAnnotation)),
            QuarantineGuard = world.Server(host)?.State is ServerState.Quarantined { Last: { } last }
                ? HostReleases.GuardOf(host, last.Claim, world)
                // What it was held for is not known here yet, so nothing can permit it.
                : new WipeGuard(HostReleases.AreNeededFor(host), Permit: null),
            MayDestroyForeignData = HasCleanSlate(host),
            Hold = hold,
        };
        if (consumer is null) return OrphanOf(host, world) is { } orphan ? wish with { Paused = false, Detach = orphan } : wish;

        var claim = new ClaimId(host.Spec.ConsumerRef!.Uid);
        // The claim alone could be one of two. What the machine names is one.
        var isBound = WorldView.NodeOf(consumer) is not null || world.HostNamedBy(consumer)?.Key == host.Key;
        if (!consumer.Metadata.BeingDeleted) return isBound ? wish with { Provision = ProvisionOf(host, consumer, claim, world), Repair = Remediations.OrderFor(consumer, world) } : wish;
        if (!MayRelease(consumer, world)) return wish;
        if (consumer.Metadata.Annotations.ContainsKey(Names.DetachAnnotation)) return wish with { Detach = claim };
        return wish with
        {
            Release = claim,
            ReleaseGuard = HostReleases.GuardOf(host, claim, world),
            ReleaseLeavesEtcd = PeersOf(consumer, world).Count > 0,
            ReleaseRetryToken = consumer.Metadata.Annotations.GetValueOrDefault(Names.RetryAnnotation),
            Provision = consumer.Spec.ProviderID is { Length: > 0 } ? ProvisionOf(host, consumer, claim, world) : null,
        };
    }

    /// <summary>Of a control plane's node: the addresses of the others, if its cluster is to live on. Empty for workers.</summary>
    public static IReadOnlyList<string> PeersOf(HetznerRobotMachine machine, WorldView world) =>
    [
        .. OthersOf(machine, world)
            .Select(other => other.Status.Addresses.FirstOrDefault(address => address.Type == AddressType.ExternalIP)?.Address)
            .OfType<string>()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The other machines of its control plane, whatever is known of them: right after a move that is little.</summary>
    private static IEnumerable<HetznerRobotMachine> OthersOf(HetznerRobotMachine machine, WorldView world) =>
        world.OwnerOf(machine) is { IsControlPlane: true } && world.ClusterOf(machine) is { Metadata.BeingDeleted: false } cluster
            ? world.MachinesOf(cluster).Where(other => other.Key != machine.Key && !other.Metadata.BeingDeleted && world.OwnerOf(other) is { IsControlPlane: true })
            : [];

    private static Doubt? DoubtIn(IReadOnlyDictionary<string, string> annotations) =>
        annotations.TryGetValue(Names.QuarantinedAnnotation, out var text) && text.Split(": ", 2) is [var reason, var message] ? new Doubt(reason, message) : null;

    /// <summary>
    /// The claim of a machine that is gone without giving it back, which a person says may end by naming that very claim. The host may not know of it any more: made
    /// anew, it is as it was written, while its server is still held.
    /// </summary>
    private static ClaimId? OrphanOf(HetznerRobotHost host, WorldView world)
    {
        (ClaimId Claim, ObjectName Machine)? last = host.Spec.ConsumerRef is { } consumer ? (new ClaimId(consumer.Uid), new ObjectName(consumer.Namespace, consumer.Name))
            : world.Server(host)?.State is ServerState.Held { Plan: var plan } ? (plan.Claim, plan.Machine)
            : null;
        return last is var (claim, machine) && host.Metadata.Annotations.GetValueOrDefault(Names.DetachAnnotation) == claim.MachineUid && !world.HasMachine(machine.Namespace, machine.Name) ? claim : null;
    }

    public static bool IsPaused(HetznerRobotMachine machine, WorldView world) =>
        machine.Metadata.CarriesPause() || (world.ClusterOf(machine) is { } cluster && (cluster.Paused || world.InfraClusterOf(cluster)?.Metadata.CarriesPause() == true));

    /// <summary>
    /// Core deletes the infrastructure machine only after drain and hooks. One that is deleted directly must wait for its Machine, or
    /// the node would be wiped under its workload. Objects that are only being moved to another cluster are not deleted at all.
    /// </summary>
    public static bool MayRelease(HetznerRobotMachine machine, WorldView world) =>
        !machine.Metadata.Annotations.ContainsKey(ClusterApi.DeleteForMoveAnnotation) && world.OwnerOf(machine) is null or { Metadata.BeingDeleted: true };

    /// <summary>The image to install, or null with a sentence on what is missing for it.</summary>
    public static Uri? ImageOf(HetznerRobotMachine machine, HetznerRobotCluster cluster, out string whyNot)
    {
        whyNot = "";
        if (TalosVersion.TryParse(machine.Spec.TalosVersion, out var version) && !FactPlan.Knows(version))
        {
            whyNot = $"spec.talosVersion is {machine.Spec.TalosVersion}, and CAPHR knows how to configure Talos {FactPlan.Range} only.";
            return null;
        }

        if (machine.Spec.CustomImageURL is { Length: > 0 } custom)
        {
            if (Uri.TryCreate(custom, UriKind.Absolute, out var image)) return image;
            whyNot = $"spec.customImageURL is not a URL: {custom}.";
            return null;
        }

        if (string.IsNullOrEmpty(machine.Spec.TalosVersion))
        {
            whyNot = "Name the Talos version to install in spec.talosVersion, or an image in spec.customImageURL.";
            return null;
        }

        var factory = cluster.Spec.TalosFactoryBaseURL is { Length: > 0 } configured ? configured : Names.DefaultFactory;
        var schematic = machine.Spec.TalosSchematic is { Length: > 0 } named ? named : Names.PlainSchematic;
        if (Uri.TryCreate($"{factory.TrimEnd('/')}/image/{schematic}/{machine.Spec.TalosVersion}/metal-{HardwareRequirements.ArchitectureOf(machine.Spec)}.raw.zst", UriKind.Absolute, out var made)) return made;
        whyNot = $"spec.talosFactoryBaseURL of HetznerRobotCluster {cluster.Metadata.Name} is not a URL: {factory}.";
        return null;
    }

    public static RobotAccess AccessOf(HetznerRobotCluster cluster) =>
        new(SecretOf(cluster, cluster.Spec.RobotSecretRef), SecretOf(cluster, cluster.Spec.SshSecretRef));

    public static ObjectName SecretOf(HetznerRobotCluster cluster, SecretReference reference) =>
        new(reference.Namespace is { Length: > 0 } other ? other : cluster.Metadata.Namespace, reference.Name);

    private static Provision? ProvisionOf(HetznerRobotHost host, HetznerRobotMachine consumer, ClaimId claim, WorldView world)
    {
        if (world.OwnerOf(consumer) is not { } machine
            || world.ClusterOf(consumer) is not { } cluster
            || world.InfraClusterOf(cluster) is not { } infraCluster
            || ImageOf(consumer, infraCluster, out _) is not { } image
            || Claims.NotBegun(host, consumer, world) is not null) return null;

        var guard = HostReleases.GuardOf(host, claim, world);
        var hint = consumer.Spec.InstallDisk is { Length: > 0 } ofMachine ? ofMachine : host.Spec.InstallDisk;
        return new Provision
        {
            Claim = claim,
            Machine = new ObjectName(consumer.Metadata.Namespace, consumer.Metadata.Name),
            Cluster = cluster.Metadata.Name,
            Robot = AccessOf(infraCluster),
            Image = image,
            TalosVersion = consumer.Spec.TalosVersion ?? "",
            ProviderId = consumer.Spec.ProviderID is { Length: > 0 } given ? given : ProviderIdOf(host, infraCluster),
            Disk = new DiskPolicy(hint is { Length: > 0 } ? hint : null, guard.LetsForeignDataGo(HasCleanSlate(host))),
            Guard = guard,
            Bootstrap = machine.Spec.Bootstrap.DataSecretName is { Length: > 0 } secret ? new ObjectName(machine.Metadata.Namespace, secret) : null,
            TalosSecrets = TalosSecretsOf(cluster, infraCluster),
            // Also where it names another server: what is a node already is never installed.
            AlreadyNode = WorldView.NodeOf(consumer) is not null,
            OnlyNamed = WorldView.NodeOf(consumer) is not null && consumer.Spec.ProviderID is not { Length: > 0 },
            // Also where nothing is to be repaired: a person may have it power-cycled.
            Quorum = machine.IsControlPlane ? new QuorumQuestion(TalosSecretsOf(cluster, infraCluster), PeersOf(consumer, world), OthersOf(consumer, world).Count()) : null,
            Node = NodePlanner.For(host, consumer, machine, infraCluster),
            RetryToken = consumer.Metadata.Annotations.GetValueOrDefault(Names.RetryAnnotation),
        };
    }

    private static bool HasCleanSlate(HetznerRobotHost host) => host.Spec.DestructiveProvisioningPolicy == DestructiveProvisioningPolicy.AlwaysCleanSlate;

    private static ObjectName TalosSecretsOf(Cluster cluster, HetznerRobotCluster infraCluster) => infraCluster.Spec.TalosSecretRef is { } shared
        ? SecretOf(infraCluster, shared)
        : new ObjectName(cluster.Metadata.Namespace, $"{cluster.Metadata.Name}-talos");

    private static string ProviderIdOf(HetznerRobotHost host, HetznerRobotCluster cluster) =>
        $"{(cluster.Spec.ProviderIDFormat == ProviderIDFormat.Hrobot ? "hrobot" : "hetzner-robot")}://{host.Spec.ServerID}";
}
