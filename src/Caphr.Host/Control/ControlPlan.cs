using System.Text.Json.Nodes;
using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// What follows from the world as it is known now: a wish for each server, and at most one write for each object. Pure, and level-
/// triggered: made anew from everything whenever anything has changed, so nothing depends on having seen each change.
/// </summary>
internal sealed record ControlPlan(IReadOnlyList<ServerWish> Wishes, IReadOnlyList<Write> Writes)
{
    /// <summary>Machines of this process that have no server yet.</summary>
    public IReadOnlyList<PlaceInQueue> Queue { get; init; } = [];

    public static ControlPlan Make(WorldView world) => Make(world, new KnownStatuses());

    /// <param name="known">What the plans before this one have found out, which saves finding it out anew and changes nothing else.</param>
    public static ControlPlan Make(WorldView world, KnownStatuses known)
    {
        var allotments = Claims.Assign(world);
        var machines = world.InfraMachines.Where(world.Minds).ToList();
        // Without our finalizer a machine could vanish with its server still running, so its claim comes after that.
        var granted = machines.Where(machine => machine.Metadata.Finalizers.Contains(Names.MachineFinalizer)).Select(machine => allotments.GetValueOrDefault(machine.Key)).OfType<Allotment.Granted>().ToDictionary(one => one.Host.Number);
        var requests = world.Remediations.Where(world.Minds).ToList();
        List<Write?> writes =
        [
            .. world.InfraClusters.Where(cluster => (IsOurs(cluster) || cluster.Metadata.BeingDeleted) && world.Minds(cluster)).Select(cluster => ForCluster(cluster, world)),
            .. world.Hosts.Select(host => ForHost(host, world, granted, known)),
            .. world.Doubles.Where(world.Works).Select(host => Status(host, host.Status, HostProjection.OfDouble(host, world))),
            .. machines.Select(machine => ForMachine(machine, world, allotments.GetValueOrDefault(machine.Key), known)),
            .. world.Templates.Where(template => world.Minds(template) && !IsBeingMoved(template)).Select(template => Status(template, template.Status, MachineTemplateProjection.Of(template, world))),
            .. world.Releases.Where(world.Minds).Select(release => Status(release, release.Status, HostReleases.StatusOf(release, world))),
            .. requests.Select(request => Status(request, request.Status, Remediations.StatusOf(request, world))),
            .. requests.Select(request => Remediations.WriteFor(request, world)),
        ];
        var brake = Brake.Of(world);
        return new ControlPlan([.. world.Hosts.Where(world.Works).Select(host => WishBuilder.For(host, brake.For(host), world))], [.. writes.OfType<Write>()])
        {
            Queue = [.. from machine in machines where allotments.ContainsKey(machine.Key) select new PlaceInQueue(world.ShardOf(machine), allotments[machine.Key].For.Since)],
        };
    }

    /// <summary>It stays for as long as its cluster has machines: they are given back with what it names.</summary>
    private static Write.Of<HetznerRobotCluster>? ForCluster(HetznerRobotCluster cluster, WorldView world)
    {
        var finalizers = cluster.Metadata.Finalizers;
        var guarded = finalizers.Contains(Names.ClusterFinalizer);
        var owner = world.ClusterOf(cluster);
        var isMoved = owner is null || owner.Paused || cluster.Metadata.CarriesPause() || cluster.Metadata.Annotations.ContainsKey(ClusterApi.DeleteForMoveAnnotation);
        if (cluster.Metadata.BeingDeleted)
        {
            if (guarded && (owner is null || !world.MachinesOf(owner).Any()) && !world.Hosts.Any(host => world.Consumer(host) is { } machine && world.InfraClusterOf(world.ClusterOf(machine))?.Key == cluster.Key))
                return Finalizers(cluster, [.. finalizers.Except([Names.ClusterFinalizer])], "finalizer") with { LetsGo = true };
        }
        else if (!guarded && !isMoved)
        {
            return Finalizers(cluster, [.. finalizers, Names.ClusterFinalizer], "finalizer");
        }

        // Given into other hands after it had our finalizer, which is all that we still owe it.
        if (!IsOurs(cluster)) return null;

        var shown = ClusterProjection.Of(cluster, world);
        return Status(cluster, cluster.Status, shown) is { } status ? status with { News = ClusterNews.Between(cluster.Status.Conditions, shown.Conditions) } : null;
    }

    /// <summary>Claim and release are writes of the host's spec; only when neither is due does its status follow.</summary>
    private static Write.Of<HetznerRobotHost>? ForHost(HetznerRobotHost host, WorldView world, Dictionary<ServerNumber, Allotment.Granted> granted, KnownStatuses known)
    {
        var finalizers = host.Metadata.Finalizers;
        if (granted.TryGetValue(new ServerNumber(host.Spec.ServerID), out var grant))
            return ClaimFor(host, grant.For.Machine, grant.For.Claim) with { Claimant = new Claimant(new ObjectKey(grant.For.Machine.Namespace, grant.For.Machine.Name), grant.For.Claim), WaitedSince = grant.For.Since };

        if (!world.Works(host)) return null;
        if (world.MovedTo(host) is { } uid) return Spec(host, "claim", new JsonObject { ["consumerRef"] = Consumer(host.Spec.ConsumerRef!.Namespace, host.Spec.ConsumerRef.Name, uid) });
        if (world.ForgottenBy(host) is { } held) return ClaimFor(host, held.Machine, held.Claim);
        if (world.IsSurplus(host) || IsReleased(host, world) || IsOver(host, world)) return Claim(host, consumer: null, [.. finalizers.Except([Names.HostFinalizer])], "release");
        var guarded = finalizers.Contains(Names.HostFinalizer);
        if (guarded && host.Spec.ConsumerRef is null) return Finalizers(host, [.. finalizers.Except([Names.HostFinalizer])], "finalizer");
        // Lost where objects were moved to another cluster, and not to be added while they are.
        if (!guarded && !host.Metadata.BeingDeleted && !IsBeingMoved(host, world)) return Finalizers(host, [.. finalizers, Names.HostFinalizer], "finalizer");
        return QuarantineMark(host, world) ?? Status(host, host.Status, () => HostProjection.Of(host, world), HostProjection.MadeOf(host, world), known);
    }

    private static Write.Of<HetznerRobotHost>? QuarantineMark(HetznerRobotHost host, WorldView world)
    {
        // One that is only just known may have been in quarantine for a journal that is lost.
        if (world.Server(host)?.State is not { } state || state is ServerState.Registered) return null;
        var mark = state is ServerState.Quarantined quarantined ? $"{quarantined.Reason}: {quarantined.Message}" : null;
        return host.Metadata.Annotations.GetValueOrDefault(Names.QuarantinedAnnotation) == mark ? null : Write.Annotation(host, Names.QuarantinedAnnotation, mark, "quarantine mark");
    }

    /// <summary>Whoever moves objects pauses their cluster, and takes finalizers off what it then deletes.</summary>
    private static bool IsBeingMoved(HetznerRobotHost host, WorldView world) =>
        host.Metadata.CarriesPause()
        || host.Metadata.Annotations.ContainsKey(ClusterApi.DeleteForMoveAnnotation)
        || world.Consumer(host) is not { } consumer
        || WishBuilder.IsPaused(consumer, world);

    private static bool IsBeingMoved(HetznerRobotMachineTemplate template) =>
        template.Metadata.BeingDeleted || template.Metadata.CarriesPause() || template.Metadata.Annotations.ContainsKey(ClusterApi.DeleteForMoveAnnotation);

    private static Write.Of<HetznerRobotMachine>? ForMachine(HetznerRobotMachine machine, WorldView world, Allotment? allotment, KnownStatuses known)
    {
        var finalizers = machine.Metadata.Finalizers;
        if (machine.Metadata.BeingDeleted)
        {
            // The claim on the host goes first: a machine that is gone could not explain it any more.
            var free = world.HostOf(machine) is null && !world.IsHeld(machine) && WishBuilder.MayRelease(machine, world) && !WishBuilder.IsPaused(machine, world);
            if (free && finalizers.Contains(Names.MachineFinalizer))
                return Finalizers(machine, [.. finalizers.Where(finalizer => finalizer != Names.MachineFinalizer)], "release") with { LetsGo = true };
        }
        // While objects are moved to another cluster, whoever moves them must be able to take finalizers off for good.
        else if (!WishBuilder.IsPaused(machine, world) && world.OwnerOf(machine) is not null && !finalizers.Contains(Names.MachineFinalizer))
        {
            return Finalizers(machine, [.. finalizers, Names.MachineFinalizer], "finalizer");
        }

        if (MoveBlock(machine, world) is { } block) return block;
        if (ProviderIdFor(machine, world) is { } providerId) return Spec(machine, "providerID", new JsonObject { ["providerID"] = providerId });
        return Status(machine, machine.Status, () => MachineProjection.Of(machine, world, allotment), MachineProjection.MadeOf(machine, world), known);
    }

    /// <summary>
    /// Whoever moves objects to another cluster waits while a machine carries this. A pause, which every move begins with, stops the work at its next
    /// step; from then on only a reset whose end is not known yet is worth waiting for.
    /// </summary>
    private static Write.Of<HetznerRobotMachine>? MoveBlock(HetznerRobotMachine machine, WorldView world)
    {
        if (world.HostOf(machine) is not { } host || world.Server(host)?.State is not { } state) return null;
        var works = state is ServerState.Working { Plan.AlreadyNode: false } working
            && (working.PausedSince is null || working.IsPressing);
        var blocked = machine.Metadata.Annotations.ContainsKey(ClusterApi.BlockMoveAnnotation);
        return works == blocked ? null : Write.Annotation(machine, ClusterApi.BlockMoveAnnotation, works ? "" : null, "block-move annotation");
    }

    /// <summary>Written as soon as the node has its configuration, because from then on a lost journal must not mean a new installation.</summary>
    private static string? ProviderIdFor(HetznerRobotMachine machine, WorldView world) =>
        machine.Spec.ProviderID is not { Length: > 0 }
        && world.HostOf(machine) is { } host
        && world.Server(host)?.State is ServerState.Held { Phase: ServerPhase.Joining or ServerPhase.Provisioned } held
        // That a person names the server is no proof yet.
        && held is not ServerState.Joining { Plan.AlreadyNode: true }
        && held.Plan.Claim.MachineUid == host.Spec.ConsumerRef?.Uid
            ? held.Plan.ProviderId
            : null;

    /// <summary>The machine is going, and the server holds nothing of it any more.</summary>
    private static bool IsReleased(HetznerRobotHost host, WorldView world) =>
        world.Consumer(host) is { Metadata.BeingDeleted: true } machine
        && WishBuilder.MayRelease(machine, world)
        && world.Server(host)?.State is { } state
        && (machine.Spec.ProviderID is { Length: > 0 }
            // A node exists: only this journal's own word that it was wiped frees its server.
            ? state is ServerState.Available { Freed: { } freed } && freed.MachineUid == host.Spec.ConsumerRef!.Uid
            : state is ServerState.Available or ServerState.Registered { Record: null });

    /// <summary>The server itself says that it ended this very claim, whatever became of the machine.</summary>
    private static bool IsOver(HetznerRobotHost host, WorldView world) =>
        host.Spec.ConsumerRef is { } consumer && world.Server(host)?.State switch
        {
            ServerState.Quarantined quarantined => quarantined.Freed?.MachineUid == consumer.Uid
                // It was claimed while it was on its way into quarantine, and never taken up: nothing of that machine is there.
                || (quarantined.Last?.Claim.MachineUid != consumer.Uid && world.Consumer(host) is { Spec.ProviderID: null or "" }),
            // Claimed once more by a replica that stood still and had not heard of the end; its machine went meanwhile.
            ServerState.Available { Freed: { } freed } => freed.MachineUid == consumer.Uid && !world.HasMachine(consumer.Namespace, consumer.Name),
            _ => false,
        };

    private static bool IsOurs(HetznerRobotCluster cluster) => !cluster.Metadata.Annotations.ContainsKey(ClusterApi.ManagedByAnnotation);

    private static Write.Of<T> Spec<T>(T target, string what, JsonObject spec)
        where T : KubernetesObject, IKubernetesResource => new(target, new JsonObject { ["spec"] = spec }, Status: false, what);

    private static JsonObject Consumer(string nameSpace, string name, string uid) =>
        new() { ["kind"] = HetznerRobotMachine.Resource.Kind, ["name"] = name, ["namespace"] = nameSpace, ["uid"] = uid };

    private static Write.Of<HetznerRobotHost> ClaimFor(HetznerRobotHost host, ObjectName machine, ClaimId claim) =>
        Claim(host, Consumer(machine.Namespace, machine.Name, claim.MachineUid), [.. host.Metadata.Finalizers.Except([Names.HostFinalizer]), Names.HostFinalizer], "claim");

    /// <summary>The claim and the finalizer that guards it come and go as one.</summary>
    private static Write.Of<HetznerRobotHost> Claim(HetznerRobotHost host, JsonObject? consumer, string[] finalizers, string what) =>
        new(host, new JsonObject { ["metadata"] = WithFinalizers(finalizers), ["spec"] = new JsonObject { ["consumerRef"] = consumer } }, Status: false, what);

    private static Write.Of<T> Finalizers<T>(T target, string[] finalizers, string what)
        where T : KubernetesObject, IKubernetesResource => new(target, new JsonObject { ["metadata"] = WithFinalizers(finalizers) }, Status: false, what);

    private static JsonObject WithFinalizers(string[] finalizers) => new() { ["finalizers"] = new JsonArray([.. finalizers.Select(finalizer => JsonValue.Create(finalizer))]) };

    /// <param name="madeOf">Null where it is made of more than can be told, and so is made each time.</param>
    private static Write.Of<T>? Status<T, TStatus>(T target, TStatus present, Func<TStatus> wanted, Ingredients? madeOf, KnownStatuses known)
        where T : KubernetesObject, IKubernetesResource
    {
        if (madeOf is null) return Status(target, present, wanted());
        if (known.TryFind<T>(target, madeOf, out var write)) return write;
        write = Status(target, present, wanted());
        known.Keep(target, madeOf, write);
        return write;
    }

    private static Write.Of<T>? Status<T, TStatus>(T target, TStatus present, TStatus wanted)
        where T : KubernetesObject, IKubernetesResource =>
        StatusDiff.Of(present, wanted) is { } patch
            ? new Write.Of<T>(target, new JsonObject { ["status"] = patch }, Status: true, "status")
            : null;
}
