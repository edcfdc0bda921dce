using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

/// <summary>A cluster <c>red</c> as its user would write it down.</summary>
internal static class Fleet
{
    private static readonly Dictionary<string, string> s_role = new() { ["role"] = "worker" };

    public static CoreCluster Cluster { get; } = new()
    {
        Metadata = Meta("red"),
        Spec = new ClusterSpec { InfrastructureRef = Ref<HetznerRobotCluster>("red") },
    };

    public static CoreCluster ClusterWithControlPlane { get; } = Cluster with { Spec = Cluster.Spec with { ControlPlaneRef = Ref<TalosControlPlane>("brain") } };

    public static HetznerRobotCluster InfraCluster { get; } = new()
    {
        Metadata = Meta("red"),
        Spec = new HetznerRobotClusterSpec
        {
            ControlPlaneEndpoint = new ControlPlaneEndpoint { Host = "127.0.0.9", Port = 6443 },
            RobotSecretRef = new SecretReference { Name = "robot" },
            SshSecretRef = new SecretReference { Name = "rescue-ssh" },
        },
    };

    public static TalosConfigTemplate BootstrapTemplate { get; } = new()
    {
        Metadata = Meta("workers"),
        Spec = new TalosConfigTemplateSpec { Template = new TalosConfigTemplateResource { Spec = new TalosConfigSpec { GenerateType = "worker", TalosVersion = "v1.12" } } },
    };

    public static LabelSelector Workers { get; } = new() { MatchLabels = s_role };

    public static HetznerRobotMachineTemplate InfraTemplate(string name) => new()
    {
        Metadata = Meta(name),
        Spec = new HetznerRobotMachineTemplateSpec
        {
            Template = new HetznerRobotMachineTemplateResource
            {
                Metadata = new TemplateMetadata { Labels = new Dictionary<string, string> { ["rack"] = "seven" } },
                Spec = new HetznerRobotMachineSpec { TalosVersion = "v1.12.4" },
            },
        },
    };

    public static MachineTemplate Template(string infraTemplate = "workers-v1") => new()
    {
        Metadata = new TemplateMetadata { Labels = s_role },
        Spec = new CoreMachineSpec
        {
            ClusterName = "red",
            Version = "v1.34.1",
            InfrastructureRef = Ref<HetznerRobotMachineTemplate>(infraTemplate),
            Bootstrap = new MachineBootstrap { ConfigRef = Ref<TalosConfigTemplate>("workers") },
        },
    };

    public static MachineSet Set(int replicas, DeletionOrder order = DeletionOrder.Random) => new()
    {
        Metadata = Meta("crew"),
        Spec = new MachineSetSpec { ClusterName = "red", Replicas = replicas, Selector = Workers, Template = Template(), Deletion = new DeletionPreference { Order = order } },
    };

    public static MachineDeployment Deployment(int replicas, IntOrPercent? surge = null, IntOrPercent? unavailable = null, RolloutType type = RolloutType.RollingUpdate) => new()
    {
        Metadata = Meta("crew"),
        Spec = new MachineDeploymentSpec
        {
            ClusterName = "red",
            Replicas = replicas,
            Selector = Workers,
            Template = Template(),
            Rollout = new DeploymentRollout { Strategy = new DeploymentStrategy { Type = type, RollingUpdate = new RollingUpdate { MaxSurge = surge, MaxUnavailable = unavailable } } },
        },
    };

    public static TalosControlPlane ControlPlane(int replicas) => new()
    {
        Metadata = Meta("brain"),
        Spec = new TalosControlPlaneSpec
        {
            Replicas = replicas,
            Version = "v1.34.1",
            InfrastructureTemplate = new ClusterApiReference { ApiVersion = "infrastructure.cluster.x-k8s.io/v1alpha1", Kind = HetznerRobotMachineTemplate.Resource.Kind, Name = "workers-v1" },
            ControlPlaneConfig = new ControlPlaneConfig { Controlplane = new TalosConfigSpec { GenerateType = "controlplane", TalosVersion = "v1.12" } },
        },
    };

    /// <summary>Of all workers: a node that is not ready for 100 s is ill, as is one that does not come within an hour.</summary>
    public static MachineHealthCheck HealthCheck(HealthRemediation? remediation = null) => new()
    {
        Metadata = Meta("nurse"),
        Spec = new MachineHealthCheckSpec
        {
            ClusterName = "red",
            Selector = Workers,
            Checks = new HealthChecks
            {
                NodeStartupTimeoutSeconds = 3600,
                UnhealthyNodeConditions = [new UnhealthyCondition { Type = "Ready", Status = "False", TimeoutSeconds = 100 }],
            },
            Remediation = remediation ?? new HealthRemediation(),
        },
    };

    public static HealthRemediation ByReboot { get; } = new()
    {
        TemplateRef = new RemediationTemplateReference { ApiVersion = "infrastructure.cluster.x-k8s.io/v1alpha1", Kind = "HetznerRobotRemediationTemplate", Name = "reboot" },
    };

    public static HetznerRobotRemediationTemplate RebootTemplate { get; } = new()
    {
        Metadata = Meta("reboot"),
        Spec = new HetznerRobotRemediationTemplateSpec
        {
            Template = new HetznerRobotRemediationTemplateResource { Spec = new HetznerRobotRemediationSpec { Strategy = new RemediationStrategy { RetryLimit = 3 } } },
        },
    };

    public static ObjectMeta Meta(string name) => new() { Name = name, Namespace = StandInLab.Namespace };

    public static ClusterApiReference Ref<T>(string name)
        where T : IKubernetesResource => new() { ApiGroup = T.Resource.Group, Kind = T.Resource.Kind, Name = name };
}
