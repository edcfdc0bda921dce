using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

/// <summary>A cluster with one machine, as manifests would make it, and the steps that others take.</summary>
internal static class DemoObjects
{
    public const string ProviderId = "hetzner-robot://2938101";

    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly CoreCluster TheCluster = new()
    {
        Metadata = Meta("demo") with { Finalizers = ["cluster.cluster.x-k8s.io"] },
        Spec = new ClusterSpec
        {
            ControlPlaneEndpoint = new ClusterApiEndpoint { Host = "127.77.0.2", Port = 6443 },
            InfrastructureRef = new ClusterApiReference { ApiGroup = "infrastructure.cluster.x-k8s.io", Kind = "HetznerRobotCluster", Name = "demo" },
        },
    };

    public static readonly CoreMachine TheMachine = new()
    {
        Metadata = Owned(Meta("worker-1") with { Finalizers = ["machine.cluster.x-k8s.io"] }, Owners.Of(TheCluster, controller: null)),
        Spec = new CoreMachineSpec
        {
            ClusterName = "demo",
            InfrastructureRef = new ClusterApiReference { ApiGroup = "infrastructure.cluster.x-k8s.io", Kind = "HetznerRobotMachine", Name = "worker-1" },
            Bootstrap = new MachineBootstrap { ConfigRef = new ClusterApiReference { ApiGroup = "bootstrap.cluster.x-k8s.io", Kind = "TalosConfig", Name = "worker-1" } },
        },
    };

    public static readonly HetznerRobotCluster TheInfraCluster = new()
    {
        Metadata = Owned(Meta("demo"), Owners.Of(TheCluster, controller: null)),
        Spec = new HetznerRobotClusterSpec { SshSecretRef = new SecretReference { Name = "rescue-ssh" } },
    };

    public static readonly HetznerRobotMachine TheInfraMachine = new() { Metadata = Owned(Meta("worker-1"), Owners.Of(TheMachine, controller: true)) };

    public static readonly TalosConfig TheTalosConfig = new()
    {
        Metadata = Owned(Meta("worker-1"), Owners.Of(TheMachine, controller: true)),
        Spec = new TalosConfigSpec { GenerateType = "worker", TalosVersion = "v1.12" },
    };

    public static readonly Node TheNode = new()
    {
        Metadata = new ObjectMeta { Name = "talos-1", Uid = "uid-node", ResourceVersion = "7" },
        Spec = new NodeSpec { ProviderID = ProviderId },
        Status = new NodeStatus { Conditions = [new NodeCondition("Ready", "True", "KubeletReady", "", Noon)] },
    };

    /// <summary>Everything there is; a test replaces the part that it is about.</summary>
    public static readonly Observed All = new()
    {
        Now = Noon,
        Clusters = [TheCluster],
        Machines = [TheMachine],
        InfraClusters = [TheInfraCluster],
        InfraMachines = [TheInfraMachine],
        TalosConfigs = [TheTalosConfig],
    };

    public static HetznerRobotCluster Provisioned(this HetznerRobotCluster cluster) =>
        cluster with { Status = cluster.Status with { Initialization = new Initialization { Provisioned = true } } };

    public static HetznerRobotMachine Provisioned(this HetznerRobotMachine machine) => machine with
    {
        Spec = machine.Spec with { ProviderID = ProviderId },
        Status = machine.Status with
        {
            Initialization = new Initialization { Provisioned = true },
            Addresses = [new MachineAddress { Type = AddressType.ExternalIP, Address = "127.77.0.2" }],
            FailureDomain = "FSN1-DC14",
        },
    };

    public static CoreCluster InfrastructureProvisioned(this CoreCluster cluster) =>
        cluster with { Status = cluster.Status with { Initialization = new ClusterInitialization { InfrastructureProvisioned = true } } };

    public static ObjectMeta Deleted(this ObjectMeta metadata) => metadata with { DeletionTimestamp = Noon };

    public static ObjectKey Key(string name) => new("demo", name);

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "demo", Uid = $"uid-{name}", ResourceVersion = "7" };

    private static ObjectMeta Owned(ObjectMeta metadata, OwnerReference owner) => metadata with
    {
        OwnerReferences = [owner],
        Labels = new Dictionary<string, string> { [ClusterApi.ClusterNameLabel] = "demo" },
    };
}
