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
[PrinterColumn("Reason", ColumnType.Text, ".status.conditions[?(@.type==\"Ready\")].reason")]
[PrinterColumn("Message", ColumnType.Text, ".status.message")]
[PrinterColumn("Paused", ColumnType.Text, ".status.conditions[?(@.type==\"Paused\")].status", Wide = true)]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotCluster : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotCluster));

    // Here and not on the endpoint's own type, which the template shares (see HetznerRobotMachine).
    [Required]
    [Description("What the servers of this cluster share.")]
    [CelRule("!has(oldSelf.controlPlaneEndpoint) || !has(oldSelf.controlPlaneEndpoint.host) || oldSelf.controlPlaneEndpoint.host == '' || " +
        "(has(self.controlPlaneEndpoint) && has(self.controlPlaneEndpoint.host) && self.controlPlaneEndpoint.host == oldSelf.controlPlaneEndpoint.host)",
        "controlPlaneEndpoint.host cannot change once set, because every node and kubeconfig names it: keep it, and move the address behind it")]
    [CelRule("!has(oldSelf.controlPlaneEndpoint) || !has(oldSelf.controlPlaneEndpoint.port) || oldSelf.controlPlaneEndpoint.port == 0 || " +
        "(has(self.controlPlaneEndpoint) && has(self.controlPlaneEndpoint.port) && self.controlPlaneEndpoint.port == oldSelf.controlPlaneEndpoint.port)",
        "controlPlaneEndpoint.port cannot change once set, because every node and kubeconfig names it: keep it, and forward the port instead")]
    public HetznerRobotClusterSpec Spec { get; init; } = new();

    [Description("How far the cluster's infrastructure has come.")]
    public HetznerRobotClusterStatus Status { get; init; } = new();
}

public sealed record HetznerRobotClusterSpec
{
    [Description("Where the Kubernetes API of the cluster is reached, such as a virtual IP that the control plane servers share. Write it here or in the Cluster: no machine is built before.")]
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

    [MaxLength(2048), RegularExpression(@"^https?://[^\s/]+"), DefaultValue("https://factory.talos.dev")]
    [Description("Address of the Talos image factory.")]
    public string? TalosFactoryBaseURL { get; init; }

    [MaxLength(32), RegularExpression(Patterns.DnsLabelOrEmpty)]
    [Description("Short name of the data centre, such as fsn1. If given, nodes are named <role>-<dc>-<server number>; if empty, as their configuration says.")]
    public string? Dc { get; init; }

    [DefaultValue(Resources.ProviderIDFormat.HetznerRobot)]
    [Description("How provider IDs of new nodes are written: hetzner-robot://<number>, or hrobot://<number> as the Hetzner cloud controller manager does.")]
    public ProviderIDFormat? ProviderIDFormat { get; init; }

    [Description("How much may go on at once, and when to stop.")]
    public WorkLimits? Limits { get; init; }
}

public sealed record WorkLimits
{
    [Range(1, 1000)]
    [Description("How many servers may be on their way to a node or back at once. Not limited if empty, except by Robot's own fifty resets an hour.")]
    public int? AtOnce { get; init; }

    [Range(1, 1000)]
    [Description("How many nodes may be down for a repair at once. Not limited if empty, except by the quorum of a control plane and by the MachineHealthCheck.")]
    public int? RepairsAtOnce { get; init; }

    [Range(1, 1000)]
    [Description("How many failed servers stop all new installations and repairs of the cluster, until a person has mended or deleted some. If empty: a tenth of its machines, and not less than five.")]
    public int? FailuresToStop { get; init; }
}

[CelRule("(has(self.host) && self.host != '') == (has(self.port) && self.port != 0)", "give host and port together, such as host: 10.10.0.240 and port: 6443")]
public sealed record ControlPlaneEndpoint
{
    // Empty and 0 are what the topology controller applies when a class leaves the endpoint to the provider.
    [MaxLength(512), RegularExpression("^[0-9A-Za-z.:-]*$")]
    [Description("Host name or address, without scheme and port.")]
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

    [MaxLength(15), RegularExpression(@"^[^\s/]*$")]
    [Description("Not needed: the network card is found by its MAC address. Accepted for manifests that name it.")]
    public string? Interface { get; init; }
}

[CelRule("!isCIDR(self.network) || !isIP(self.gateway) || cidr(self.network).ip().family() == ip(self.gateway).family()",
    "network and gateway must be of one family: give an IPv4 gateway for an IPv4 network, and an IPv6 gateway for an IPv6 network")]
public sealed record VlanRoute
{
    [Required, MaxLength(49), CelRule("isCIDR(self)", "network must be a network with its prefix length, such as 10.20.0.0/16")]
    [Description("The network, such as 10.20.0.0/16.")]
    public string Network { get; init; } = "";

    [Required, MaxLength(45), CelRule("isIP(self)", "gateway must be an IP address, such as 10.10.0.1")]
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
