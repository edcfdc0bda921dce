using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>A small cluster as objects: one Cluster, one HetznerRobotCluster, and machines and hosts as a test adds them.</summary>
internal sealed class Objects
{
    public const string Namespace = "metal";

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    public List<HetznerRobotHost> Hosts { get; } = [];

    public List<HetznerRobotMachine> InfraMachines { get; } = [];

    public List<Machine> Machines { get; } = [];

    public List<HetznerRobotHostRelease> Releases { get; } = [];

    public List<HetznerRobotRemediation> Remediations { get; } = [];

    public List<HetznerRobotMachineTemplate> Templates { get; } = [];

    public Dictionary<ServerNumber, ServerSnapshot> Servers { get; } = [];

    /// <summary>Which shards this replica works: all, unless a test says otherwise.</summary>
    public HashSet<int> Shards { get; } = [.. Enumerable.Range(0, Actors.Journal.Shards.Count)];

    public Dictionary<ObjectKey, ClusterHealth> Health { get; } = new() { [new ObjectKey(Namespace, "demo")] = new ClusterHealth(null, "") };

    public HetznerRobotCluster InfraCluster { get; set; } = new()
    {
        Metadata = Meta("demo") with { Finalizers = [Names.ClusterFinalizer], OwnerReferences = [new OwnerReference { ApiVersion = "cluster.x-k8s.io/v1beta2", Kind = "Cluster", Name = "demo", Uid = "c" }] },
        Spec = new HetznerRobotClusterSpec
        {
            ControlPlaneEndpoint = new ControlPlaneEndpoint { Host = "10.0.0.1", Port = 6443 },
            RobotSecretRef = new SecretReference { Name = "robot" },
            SshSecretRef = new SecretReference { Name = "ssh" },
        },
    };

    public Cluster Cluster { get; set; } = new()
    {
        Metadata = Meta("demo"),
        Spec = new ClusterSpec { InfrastructureRef = new ClusterApiReference { ApiGroup = Infrastructure.Group, Kind = "HetznerRobotCluster", Name = "demo" } },
        Status = new ClusterStatus { Initialization = new ClusterInitialization { InfrastructureProvisioned = true } },
    };

    public static ObjectMeta Meta(string name) => new()
    {
        Name = name,
        Namespace = Namespace,
        Uid = "uid-" + name,
        ResourceVersion = "7",
        Generation = 1,
        CreationTimestamp = Now.AddMinutes(-5),
        Labels = new Dictionary<string, string> { [ClusterApi.ClusterNameLabel] = "demo" },
    };

    /// <summary>Machines name their host in their status, as they do a moment after the claim, unless a test says otherwise.</summary>
    public bool AreBound { get; set; } = true;

    public WorldView Look() => new([InfraCluster], Hosts, [.. InfraMachines.Select(Bound)], [Cluster], Machines, Servers, Health, Shards, Now) { Releases = Releases, Remediations = Remediations, Templates = Templates };

    /// <summary>A host; held by the machine of that name if one is given.</summary>
    public HetznerRobotHost AddHost(int number, string? consumer = null, ServerState? state = null)
    {
        var host = new HetznerRobotHost
        {
            Metadata = Meta($"node{number}") with { Finalizers = consumer is null ? [] : [Names.HostFinalizer] },
            Spec = new HetznerRobotHostSpec
            {
                ServerID = number,
                ConsumerRef = consumer is null ? null : new ConsumerReference { Kind = "HetznerRobotMachine", Name = consumer, Namespace = Namespace, Uid = "uid-" + consumer },
            },
        };
        Hosts.Add(host);
        var id = new ServerNumber(number);
        Servers[id] = new ServerSnapshot(state ?? new ServerState.Available { Number = id, Record = new ServerRecord("10.0.0.5", null, "AX52", "FSN1-DC14") }, Note: null);
        return host;
    }

    /// <summary>A HetznerRobotMachine, with our finalizer, and the Machine that owns it.</summary>
    public HetznerRobotMachine AddMachine(string name, Func<HetznerRobotMachine, HetznerRobotMachine>? change = null, Func<Machine, Machine>? owner = null)
    {
        var machine = new HetznerRobotMachine
        {
            Metadata = Meta(name) with
            {
                Uid = "uid-hrm-" + name,
                Finalizers = [Names.MachineFinalizer],
                OwnerReferences = [new OwnerReference { ApiVersion = "cluster.x-k8s.io/v1beta2", Kind = "Machine", Name = name, Uid = "uid-" + name, Controller = true }],
            },
            Spec = new HetznerRobotMachineSpec { TalosVersion = "v1.12.4" },
        };
        machine = change?.Invoke(machine) ?? machine;
        InfraMachines.Add(machine);
        var made = new Machine
        {
            Metadata = Meta(name),
            Spec = new MachineSpec { ClusterName = "demo", Bootstrap = new MachineBootstrap { DataSecretName = name + "-bootstrap-data" } },
        };
        Machines.Add(owner?.Invoke(made) ?? made);
        return machine;
    }

    public ServerWish WishFor(int number) => ControlPlan.Make(Look()).Wishes.Single(wish => wish.Number.Value == number);

    /// <summary>What would be written to one object, as JSON, or null.</summary>
    public string? WrittenTo(string name) =>
        ControlPlan.Make(Look()).Writes.Where(write => write.Key.Name == name).Select(write => write.ToString() + " " + Body(write).ToJsonString()).SingleOrDefault();

    /// <summary>So many servers that are provisioned, and of which nothing is wanted.</summary>
    public static Objects StandingStill(int size)
    {
        var fleet = new Objects();
        for (var number = 1; number <= size; number++)
        {
            var (name, id) = ($"worker-{number}", $"hetzner-robot://{number}");
            fleet.AddMachine(name, machine => machine with { Spec = machine.Spec with { ProviderID = id } });
            fleet.AddHost(number, name);
        }

        // Each server holds the plan that its own wish makes.
        foreach (var wish in ControlPlan.Make(fleet.Look()).Wishes)
        {
            var disk = new DiskFacts("nvme0n1", $"S{wish.Number}", "eui.1", $"nvme-S{wish.Number}", 512_110_190_592, Rotational: false, Foreign: null);
            var state = new ServerState.Provisioned("v1.12.4")
            {
                Number = wish.Number,
                Plan = wish.Provision!,
                Record = new ServerRecord("10.0.0.5", null, "AX52", "FSN1-DC14"),
                Hardware = new HardwareFacts(new RescueBoot("SHA256:1", "a8:a1:59:00:00:01", "uuid"), [disk], Uefi: true),
                Installed = disk,
                Since = Now,
            };
            fleet.Servers[wish.Number] = new ServerSnapshot(state, Note: null);
        }

        fleet.Settle();
        return fleet;
    }

    /// <summary>Statuses are written until none is any more.</summary>
    public void Settle()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            var world = Look();
            InfraCluster = InfraCluster with { Status = ClusterProjection.Of(InfraCluster, world) };
            for (var i = 0; i < Hosts.Count; i++) Hosts[i] = Hosts[i] with { Status = HostProjection.Of(Hosts[i], world) };
            for (var i = 0; i < InfraMachines.Count; i++) InfraMachines[i] = InfraMachines[i] with { Status = MachineProjection.Of(InfraMachines[i], world, allotment: null) };
        }
    }

    public static System.Text.Json.Nodes.JsonObject Body(Write write) => write switch
    {
        Write.Of<HetznerRobotHost> host => host.Body,
        Write.Of<HetznerRobotMachine> machine => machine.Body,
        Write.Of<HetznerRobotCluster> cluster => cluster.Body,
        Write.Of<HetznerRobotHostRelease> release => release.Body,
        Write.Of<HetznerRobotRemediation> request => request.Body,
        Write.Of<Machine> machine => machine.Body,
        Write.Of<HetznerRobotMachineTemplate> template => template.Body,
        _ => throw new InvalidOperationException(write.GetType().Name),
    };

    private HetznerRobotMachine Bound(HetznerRobotMachine machine) =>
        AreBound && machine.Status.HostRef is null && Hosts.Find(host => host.Spec.ConsumerRef?.Name == machine.Metadata.Name) is { } host
            ? machine with { Status = machine.Status with { HostRef = new HostReference { Name = host.Metadata.Name } } }
            : machine;
}
