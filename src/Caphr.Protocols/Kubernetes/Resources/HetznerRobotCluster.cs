using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrc")]
[Description("HetznerRobotCluster holds what all dedicated servers of one cluster share: credentials, network, and the control plane's address.")]
[PrinterColumn("Cluster", ColumnType.Text, ".metadata.labels['cluster\\.x-k8s\\.io/cluster-name']")]
[PrinterColumn("Endpoint", ColumnType.Text, ".spec.controlPlaneEndpoint.host")]
[PrinterColumn("Provisioned", ColumnType.Text, ".status.initialization.provisioned")]
[PrinterColumn("Ready", ColumnType.Text, ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Message", ColumnType.Text, ".status.message")]
[PrinterColumn("Paused", ColumnType.Text, ".status.conditions[?(@.type==\"Paused\")].status", Wide = true)]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotCluster : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotCluster));

    [Required]
    [Description("What the servers of this cluster share.")]
    public HetznerRobotClusterSpec Spec { get; init; } = new();

    [Description("How far the cluster's infrastructure has come.")]
    public HetznerRobotClusterStatus Status { get; init; } = new();
}

public sealed record HetznerRobotClusterSpec
{
    [Description("Where the Kubernetes API of the cluster is reached. Filled in from the first control plane server if left out.")]
    public ControlPlaneEndpoint? ControlPlaneEndpoint { get; init; }

    [Required]
    [Description("Secret with the Robot web service account: keys robot-user and robot-password.")]
    public SecretReference RobotSecretRef { get; init; } = new();

    [Required]
    [Description("Secret with the SSH key for the rescue system: key ssh-privatekey, and ssh-fingerprint where Robot knows the key already.")]
    public SecretReference SshSecretRef { get; init; } = new();

    [Description("The private network (vSwitch) of the cluster, if it has one.")]
    public VlanConfig? VlanConfig { get; init; }

    [Description("How the nodes are reached, and whom they ask for names and for the time.")]
    public NodeNetwork? NodeNetwork { get; init; }

    [Description("Secret with a Talos secrets bundle that all nodes share: key bundle.")]
    public SecretReference? TalosSecretRef { get; init; }

    [MaxLength(2048), RegularExpression("^https?://"), DefaultValue("https://factory.talos.dev")]
    [Description("Address of the Talos image factory.")]
    public string? TalosFactoryBaseURL { get; init; }

    [MaxLength(32), RegularExpression("^$|^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    [Description("Short name of the data centre, such as fsn1. If given, nodes are named <role>-<dc>-<server number>; if empty, as their configuration says.")]
    public string? Dc { get; init; }

    [DefaultValue(Resources.ProviderIDFormat.HetznerRobot)]
    [Description("How provider IDs of new nodes are written: hetzner-robot://<number>, or hrobot://<number> as the Hetzner cloud controller manager does.")]
    public ProviderIDFormat? ProviderIDFormat { get; init; }
}

public sealed record ControlPlaneEndpoint
{
    // Empty and 0 are what the topology controller applies when a class leaves the endpoint to the provider.
    [MaxLength(512)]
    [Description("Host name or address.")]
    public string? Host { get; init; }

    [Range(0, 65535)]
    [Description("Port.")]
    public int? Port { get; init; }
}

public sealed record VlanConfig
{
    [Required, Range(1, 4094)]
    [Description("VLAN ID of the vSwitch.")]
    public int Id { get; init; }

    [Range(1, 128), DefaultValue(24)]
    [Description("Prefix length of the private network.")]
    public int? PrefixLength { get; init; }

    [MaxLength(16)]
    [Description("Networks that are reached through the private network, such as a Hetzner Cloud network.")]
    public IReadOnlyList<VlanRoute>? Routes { get; init; }

    [MaxLength(15)]
    [Description("Not needed: the network card is found by its MAC address. Accepted for manifests that name it.")]
    public string? Interface { get; init; }
}

public sealed record VlanRoute
{
    [Required, MaxLength(49), RegularExpression("^[0-9a-fA-F:.]+/[0-9]{1,3}$")]
    [Description("The network, such as 10.20.0.0/16.")]
    public string Network { get; init; } = "";

    [Required, MaxLength(45), RegularExpression("^[0-9a-fA-F:.]+$")]
    [Description("Address of the router in the private network.")]
    public string Gateway { get; init; } = "";
}

public sealed record HetznerRobotClusterStatus
{
    [Description("What Cluster API's core waits for.")]
    public Initialization? Initialization { get; init; }

    [Description("The same as initialization.provisioned, for readers of the older contract.")]
    public bool? Ready { get; init; }

    [ListKey("name"), MaxLength(100)]
    [Description("The failure domains the cluster's servers stand in.")]
    public IReadOnlyList<FailureDomain> FailureDomains { get; init; } = [];

    [Description("What keeps the cluster's infrastructure from being ready, or that it is, in one sentence.")]
    public string? Message { get; init; }

    [Description("The metadata.generation this status was made from.")]
    public long? ObservedGeneration { get; init; }

    [ListKey("type")]
    [Description("What holds of this cluster just now.")]
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

public sealed record FailureDomain
{
    [Required, Length(1, 256)]
    [Description("Name of the failure domain.")]
    public string Name { get; init; } = "";

    [Description("Whether control plane machines may be placed here.")]
    public bool? ControlPlane { get; init; }

    [Description("What else is known of it.")]
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}
