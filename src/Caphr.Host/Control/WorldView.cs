using System.Globalization;
using Caphr.Actors.Allocation;
using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Host.Robot;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>Everything the controller knows at one moment: the objects, as far as the watches have brought them, and the servers' own standing.</summary>
internal sealed class WorldView(
    IReadOnlyList<HetznerRobotCluster> infraClusters,
    IReadOnlyList<HetznerRobotHost> hosts,
    IReadOnlyList<HetznerRobotMachine> infraMachines,
    IReadOnlyList<Cluster> clusters,
    IReadOnlyList<Machine> machines,
    IReadOnlyDictionary<ServerNumber, ServerSnapshot> servers,
    IReadOnlyDictionary<ObjectKey, ClusterHealth> health,
    IReadOnlySet<int> shards,
    DateTimeOffset now)
{
    private readonly Dictionary<ObjectKey, HetznerRobotCluster> _infraClusters = infraClusters.ToDictionary(one => one.Key);
    private readonly Dictionary<ObjectKey, HetznerRobotMachine> _infraMachines = infraMachines.ToDictionary(one => one.Key);
    private readonly Dictionary<ObjectKey, Cluster> _clusters = clusters.ToDictionary(one => one.Key);
    private readonly Dictionary<ObjectKey, Machine> _machines = machines.ToDictionary(one => one.Key);

    private readonly Dictionary<ObjectKey, HetznerRobotHost> _hosts = hosts.ToDictionary(one => one.Key);

    /// <summary>By server, the host that stood for it first in front.</summary>
    private readonly ILookup<int, HetznerRobotHost> _numbered = hosts
        .OrderBy(host => host.Metadata.CreationTimestamp)
        .ThenBy(host => host.Key.ToString(), StringComparer.Ordinal)
        .ToLookup(host => host.Spec.ServerID);

    private readonly Dictionary<ObjectKey, HetznerRobotRemediation> _requests = [];

    private readonly ILookup<ObjectKey, HetznerRobotHostRelease> _releases = Array.Empty<HetznerRobotHostRelease>().ToLookup(one => one.Key);

    private readonly ILookup<ObjectKey, HetznerRobotMachine> _machinesOf = infraMachines
        .Where(machine => machine.Metadata.Labels.ContainsKey(ClusterApi.ClusterNameLabel))
        .ToLookup(machine => new ObjectKey(machine.Metadata.Namespace, machine.Metadata.Labels[ClusterApi.ClusterNameLabel]));

    private readonly ILookup<int?, HetznerRobotMachine> _nodes = infraMachines.ToLookup(NodeOf);

    private readonly HashSet<string> _held = [.. servers.Values.Select(server => server.State).OfType<ServerState.Held>().Select(held => held.Plan.Claim.MachineUid)];

    public DateTimeOffset Now { get; } = now;

    public IReadOnlyList<Cluster> Clusters { get; } = clusters;

    public IReadOnlyList<HetznerRobotCluster> InfraClusters { get; } = infraClusters;

    /// <summary>One host for each server. A second host with the same number is in <see cref="Doubles"/> and nothing is done for it.</summary>
    public IReadOnlyList<HetznerRobotHost> Hosts => field ??= [.. _numbered.Select(same => same.First())];

    public IReadOnlyList<HetznerRobotHost> Doubles => field ??= [.. _numbered.SelectMany(same => same.Skip(1))];

    public IReadOnlyList<HetznerRobotMachine> InfraMachines { get; } = infraMachines;

    public IReadOnlyList<HetznerRobotHostRelease> Releases
    {
        get;
        init
        {
            field = value;
            _releases = value.ToLookup(one => new ObjectKey(one.Metadata.Namespace, one.Spec.HostRef.Name));
        }
    } = [];

    /// <summary>Those that name this host, whatever they are worth.</summary>
    public IEnumerable<HetznerRobotHostRelease> ReleasesFor(HetznerRobotHost host) => _releases[host.Key];

    public IReadOnlyList<HetznerRobotRemediation> Remediations
    {
        get;
        init
        {
            field = value;
            _requests = value.ToDictionary(one => one.Key);
        }
    } = [];

    public IReadOnlyList<HetznerRobotMachineTemplate> Templates { get; init; } = [];

    /// <summary>What each host offers to whom may claim it.</summary>
    public IReadOnlyList<HostOffer> Offers => field ??= [.. Hosts.Select(host => HostSearch.OfferOf(host, this))];

    /// <summary>When the next release ends, or a node that was adopted has had its time, either of which changes what may be done although no object has changed.</summary>
    public DateTimeOffset? NextExpiry => Releases.Select(release => release.Spec.ExpiresAt)
        .Concat(servers.Values.Select(server => server.State).OfType<ServerState.Joining>().Where(joining => joining.Plan.AlreadyNode).Select(adopted => adopted.Since + Limits.JoinTimeout))
        .Where(at => at > Now)
        .Select(at => (DateTimeOffset?)at)
        .Min();

    /// <summary>This process works the server, so it alone writes what follows from the server's standing.</summary>
    public bool Works(HetznerRobotHost host) => Works(new ServerNumber(host.Spec.ServerID));

    /// <summary>What concerns a machine is the business of the process that works its server; before it has one, of the one its name falls to.</summary>
    public bool Minds(HetznerRobotMachine machine) => shards.Contains(ShardOf(machine));

    public int ShardOf(HetznerRobotMachine machine) => (NodeOf(machine) ?? (HostNamedBy(machine) ?? HostOf(machine))?.Spec.ServerID) is { } number
        ? ServerRegion.ShardOf(new ServerNumber(number))
        : Shards.Of($"machine-{machine.Key}");

    public bool Minds(HetznerRobotHostRelease release) => HostOf(release) is { } host ? Works(host) : shards.Contains(Shards.Of($"release-{release.Key}"));

    public bool Minds(HetznerRobotRemediation request) => MachineOf(request) is { } machine ? Minds(machine) : shards.Contains(Shards.Of($"remediation-{request.Key}"));

    public bool Minds(HetznerRobotMachineTemplate template) => shards.Contains(Shards.Of($"template-{template.Key}"));

    public bool Minds(HetznerRobotCluster cluster) => shards.Contains(ShardOf(cluster));

    public static int ShardOf(HetznerRobotCluster cluster) => Shards.Of($"cluster-{cluster.Key}");

    public ServerSnapshot? Server(HetznerRobotHost host) => servers.GetValueOrDefault(new ServerNumber(host.Spec.ServerID));

    public ClusterHealth? Health(HetznerRobotCluster cluster) => health.GetValueOrDefault(cluster.Key);

    public Machine? OwnerOf(HetznerRobotMachine machine) =>
        machine.Metadata.OwnerOf(Machine.Resource) is { } owner ? _machines.GetValueOrDefault(new ObjectKey(machine.Metadata.Namespace, owner.Name)) : null;

    public Cluster? ClusterOf(HetznerRobotMachine machine) => ClusterNamed(machine.Metadata);

    public IEnumerable<HetznerRobotMachine> MachinesOf(Cluster cluster) => _machinesOf[cluster.Key];

    /// <summary>A request has its Machine's name.</summary>
    public Machine? OwnerOf(HetznerRobotRemediation request) => _machines.GetValueOrDefault(request.Key);

    public HetznerRobotMachine? MachineOf(HetznerRobotRemediation request) =>
        OwnerOf(request)?.Spec.InfrastructureRef is { } reference ? _infraMachines.GetValueOrDefault(new ObjectKey(request.Metadata.Namespace, reference.Name)) : null;

    public HetznerRobotRemediation? RequestFor(HetznerRobotMachine machine) => OwnerOf(machine) is { } owner ? _requests.GetValueOrDefault(owner.Key) : null;

    /// <summary>The server whose node this machine is, by its providerID or because a person says so.</summary>
    public static int? NodeOf(HetznerRobotMachine machine) =>
        NumberIn(machine.Spec.ProviderID) ?? NumberIn(machine.Metadata.Annotations.GetValueOrDefault(Names.AdoptAnnotation));

    /// <summary>By owner reference once core has set it, or by the label that users write themselves.</summary>
    public Cluster? ClusterOf(HetznerRobotCluster cluster) =>
        cluster.Metadata.OwnerOf(Cluster.Resource) is { } owner
            ? _clusters.GetValueOrDefault(new ObjectKey(cluster.Metadata.Namespace, owner.Name))
            : ClusterNamed(cluster.Metadata);

    public HetznerRobotCluster? InfraClusterOf(Cluster? cluster) => cluster?.Spec.InfrastructureRef is { } reference
        ? _infraClusters.GetValueOrDefault(new ObjectKey(cluster.Metadata.Namespace, reference.Name))
        : null;

    /// <summary>The machine that a host's claim names, if it is still the same one and has no other host.</summary>
    public HetznerRobotMachine? Consumer(HetznerRobotHost host) =>
        MachineNamedBy(host) is { } machine
        && UidFor(machine) == host.Spec.ConsumerRef!.Uid
        && HostOf(machine)?.Key == host.Key
            ? machine
            : null;

    /// <summary>
    /// The host that a machine has. Two claims may name it, when two replicas acted on views of different age. Then the one that the machine itself names
    /// counts: that is written against the machine's version, and before it is, nothing is done to the server.
    /// </summary>
    public HetznerRobotHost? HostOf(HetznerRobotMachine machine)
    {
        var named = Claimed[machine.Key].ToList();
        // Its node, even where the objects were moved to another cluster and the claim still carries the UID that its Machine had there.
        if (named.Find(host => host.Spec.ServerID == NumberIn(machine.Spec.ProviderID)) is { } node) return node;
        var claimed = named.FindAll(host => host.Spec.ConsumerRef!.Uid == UidFor(machine));
        return HostNamedBy(machine) is { } shown ? claimed.Find(host => host.Key == shown.Key) : claimed.FirstOrDefault();
    }

    public HetznerRobotHost? HostOf(HetznerRobotHostRelease release) => _hosts.GetValueOrDefault(new ObjectKey(release.Metadata.Namespace, release.Spec.HostRef.Name));

    public bool HasMachine(string inNamespace, string name) => _infraMachines.ContainsKey(new ObjectKey(inNamespace, name));

    /// <summary>Claims are made for the Cluster API Machine that owns the object: made again under the same name, it is another one.</summary>
    public static string? UidFor(HetznerRobotMachine machine) => machine.Metadata.OwnerOf(Machine.Resource)?.Uid;

    /// <summary>The host of that server.</summary>
    public HetznerRobotHost? HostNumbered(int number) => _numbered[number].FirstOrDefault();

    /// <summary>Machines whose node runs on this server, whatever the host's claim says.</summary>
    public IEnumerable<HetznerRobotMachine> NodesOn(HetznerRobotHost host) => _nodes[host.Spec.ServerID];

    public string? UidOfMachine(string inNamespace, string name) => _machines.GetValueOrDefault(new ObjectKey(inNamespace, name))?.Metadata.Uid;

    /// <summary>The host that a machine's status names, whatever that host says.</summary>
    public HetznerRobotHost? HostNamedBy(HetznerRobotMachine machine) =>
        machine.Status.HostRef is { } named ? _hosts.GetValueOrDefault(new ObjectKey(machine.Metadata.Namespace, named.Name)) : null;

    /// <summary>The UID that a claim of this server should carry: that of the Machine whose node it is, which is another one after a move.</summary>
    public string? MovedTo(HetznerRobotHost host) =>
        MachineNamedBy(host) is { } machine
        && NumberIn(machine.Spec.ProviderID) == host.Spec.ServerID
        && UidFor(machine) is { Length: > 0 } uid
        && uid != host.Spec.ConsumerRef!.Uid
            ? uid
            : null;

    /// <summary>What its server is held for, where the host says nothing of it and the machine is still there: made anew, a host is as a person wrote it.</summary>
    public Provision? ForgottenBy(HetznerRobotHost host) =>
        host is { Metadata.BeingDeleted: false, Spec.ConsumerRef: null }
        && Server(host)?.State is ServerState.Held { Plan: { } plan }
        && plan.Machine.Namespace == host.Metadata.Namespace
        && _infraMachines.GetValueOrDefault(new ObjectKey(plan.Machine.Namespace, plan.Machine.Name)) is { } machine
        && UidFor(machine) == plan.Claim.MachineUid
        && !WishBuilder.IsPaused(machine, this)
            ? plan
            : null;

    /// <summary>A claim for a machine that has another host. It goes back unless its server works for the machine already.</summary>
    public bool IsSurplus(HetznerRobotHost host) =>
        MachineNamedBy(host) is { } machine
        && HostOf(machine) is { } other
        && other.Key != host.Key
        && Server(host)?.State is not (null or ServerState.Held);

    /// <summary>A server works for this machine, whatever its HetznerRobotHost says or whether there still is one.</summary>
    public bool IsHeld(HetznerRobotMachine machine) => UidFor(machine) is { } uid && _held.Contains(uid);

    /// <summary>Whose credentials a host without a claim is looked up with: its cluster's by label, or any cluster's of its namespace.</summary>
    public HetznerRobotCluster? AccountFor(HetznerRobotHost host) => Consumer(host) is { } consumer && InfraClusterOf(ClusterOf(consumer)) is { } own
        ? own
        : InfraClusterOf(ClusterNamed(host.Metadata))
            ?? InfraClusters.Where(cluster => cluster.Metadata.Namespace == host.Metadata.Namespace).OrderBy(cluster => cluster.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();

    private ILookup<ObjectKey, HetznerRobotHost> Claimed => field ??= Hosts
        .Where(host => host.Spec.ConsumerRef is not null)
        .ToLookup(host => new ObjectKey(host.Spec.ConsumerRef!.Namespace, host.Spec.ConsumerRef.Name));

    private bool Works(ServerNumber number) => shards.Contains(ServerRegion.ShardOf(number));

    private static int? NumberIn(string? providerId) =>
        providerId is { Length: > 0 } && int.TryParse(providerId.AsSpan(providerId.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private Cluster? ClusterNamed(ObjectMeta metadata) => metadata.Labels.TryGetValue(ClusterApi.ClusterNameLabel, out var name)
        ? _clusters.GetValueOrDefault(new ObjectKey(metadata.Namespace, name))
        : null;

    private HetznerRobotMachine? MachineNamedBy(HetznerRobotHost host) =>
        host.Spec.ConsumerRef is { } consumer ? _infraMachines.GetValueOrDefault(new ObjectKey(consumer.Namespace, consumer.Name)) : null;
}

/// <summary>What came of trying a cluster's credentials. A null reason: they work.</summary>
internal sealed record ClusterHealth(string? Reason, string Message)
{
    /// <summary>Robot could not be asked: what was known of the credentials before is still true.</summary>
    public bool IsUndecided { get; init; }

    /// <summary>Null when nothing is known of the account.</summary>
    public RobotReach? Robot { get; init; }
}
