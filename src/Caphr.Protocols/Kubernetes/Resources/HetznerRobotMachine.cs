using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrm")]
[Description("HetznerRobotMachine asks for one dedicated server to become the node of a Cluster API Machine.")]
[PrinterColumn("Cluster", ColumnType.Text, ".metadata.labels['cluster\\.x-k8s\\.io/cluster-name']")]
[PrinterColumn("Host", ColumnType.Text, ".status.hostRef.name")]
[PrinterColumn("Phase", ColumnType.Text, ".status.phase")]
[PrinterColumn("Provisioned", ColumnType.Text, ".status.initialization.provisioned")]
[PrinterColumn("Ready", ColumnType.Text, ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Reason", ColumnType.Text, ".status.conditions[?(@.type==\"Ready\")].reason")]
[PrinterColumn("Since", ColumnType.Date, ".status.since")]
[PrinterColumn("Message", ColumnType.Text, ".status.message")]
[PrinterColumn("Machine", ColumnType.Text, ".metadata.ownerReferences[?(@.kind==\"Machine\")].name", Wide = true)]
[PrinterColumn("ProviderID", ColumnType.Text, ".spec.providerID", Wide = true)]
[PrinterColumn("IP", ColumnType.Text, ".status.addresses[?(@.type==\"ExternalIP\")].address", Wide = true)]
[PrinterColumn("Talos", ColumnType.Text, ".spec.talosVersion", Wide = true)]
[PrinterColumn("Failure domain", ColumnType.Text, ".status.failureDomain", Wide = true)]
[PrinterColumn("Paused", ColumnType.Text, ".status.conditions[?(@.type==\"Paused\")].status", Wide = true)]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotMachine : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotMachine));

    // What may not change is said here and not on the spec's own type: the template shares that type, and a transition rule in a template
    // breaks the topology controller's dry-run.
    [Required]
    [Description("What server is wanted, and what shall run on it.")]
    [CelRule("!has(oldSelf.providerID) || (has(self.providerID) && self.providerID == oldSelf.providerID)",
        "providerID cannot change once set, because the node is known by it: delete the Machine instead, and a new one becomes another node")]
    [CelRule("!has(oldSelf.hostRef) || (has(self.hostRef) && self.hostRef.name == oldSelf.hostRef.name)",
        "hostRef cannot change once set: delete the Machine, and a new one chooses anew")]
    [CelRule("!has(oldSelf.hostSelector) || (has(self.hostSelector) && self.hostSelector == oldSelf.hostSelector)",
        "hostSelector cannot change once set: delete the Machine, and a new one chooses anew")]
    [CelRule("!has(oldSelf.hardware) || (has(self.hardware) && self.hardware == oldSelf.hardware)",
        "hardware cannot change once set: delete the Machine, and a new one chooses anew")]
    public HetznerRobotMachineSpec Spec { get; init; } = new();

    [Description("How far the machine has come.")]
    public HetznerRobotMachineStatus Status { get; init; } = new();
}

[CelRule("!(has(self.hostRef) && has(self.hostSelector))", "give either hostRef or hostSelector, not both")]
public sealed record HetznerRobotMachineSpec
{
    [MaxLength(64), RegularExpression("^(hetzner-robot|hrobot)://[1-9][0-9]*$")]
    [Description("The node's provider ID. Written by CAPHR, and never rewritten.")]
    public string? ProviderID { get; init; }

    [Description("The one server to use. Without hostRef and hostSelector, any available server of the namespace may be chosen.")]
    public HostReference? HostRef { get; init; }

    [Description("Which servers may be chosen, by their labels.")]
    public LabelSelector? HostSelector { get; init; }

    [Description("Which servers may be chosen, by what is in them: status.hardware of their HetznerRobotHosts. A server of which that is not known yet is not chosen; an inspection would tell.")]
    public HardwareRequirement? Hardware { get; init; }

    [Description("Whether the server must stand in the failure domain that the Machine names. Strict waits for one there; Preferred takes one elsewhere if none is free there. " +
        "If left out, Preferred for a Machine whose control plane has chosen the failure domain for it, and Strict where a person did.")]
    public FailureDomainPolicy? FailureDomainPolicy { get; init; }

    [AllowedValues("talos"), DefaultValue("talos")]
    [Description("Not needed: CAPHR installs Talos. Accepted for manifests that say so.")]
    public string? OsType { get; init; }

    [RegularExpression("^[0-9a-zA-Z._-]*$"), MaxLength(128)]
    [Description("Schematic of the Talos image factory: which extensions and kernel arguments the image has. The factory's plain image if empty.")]
    public string? TalosSchematic { get; init; }

    [RegularExpression("^$|^v[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$"), MaxLength(64)]
    [Description("The Talos version to install, such as v1.12.4.")]
    public string? TalosVersion { get; init; }

    [MaxLength(255), RegularExpression(Patterns.DiskHint)]
    [Description("The disk to install on: serial number, WWN, or path below /dev/disk/by-id. The server's own installDisk, if empty; then CAPHR's choice.")]
    public string? InstallDisk { get; init; }

    [MaxLength(2048), RegularExpression(@"^$|^https?://[^\s/]+")]
    [Description("A disk image to install instead of the factory's: raw, or compressed as .xz or .zst.")]
    public string? CustomImageURL { get; init; }

    [RegularExpression(Patterns.DiskSizeOrEmpty), MaxLength(32)]
    [Description("Limits Talos' EPHEMERAL volume, such as 100GiB, and leaves the rest of the system disk to other uses. The whole disk if empty.")]
    public string? EphemeralSize { get; init; }

    [ListKey("name"), MaxLength(16)]
    [Description("Volumes for other uses than Talos' own, on the system disk or on others.")]
    public IReadOnlyList<MachineDataVolume>? DataVolumes { get; init; }
}

public sealed record HetznerRobotMachineStatus
{
    [Description("What Cluster API's core waits for.")]
    public Initialization? Initialization { get; init; }

    [Description("The same as initialization.provisioned, for readers of the older contract.")]
    public bool? Ready { get; init; }

    [MaxLength(256)]
    [Description("The node's addresses.")]
    public IReadOnlyList<MachineAddress> Addresses { get; init; } = [];

    [Length(1, 256)]
    [Description("The failure domain the server stands in.")]
    public string? FailureDomain { get; init; }

    [Description("The server that was claimed.")]
    public HostReference? HostRef { get; init; }

    [Description("How far the server has come: Claimed, Installing, Joining, Provisioned and so on.")]
    public string? Phase { get; init; }

    [Description("When the phase began.")]
    public DateTimeOffset? Since { get; init; }

    [Description("What CAPHR is doing, or what keeps it from doing so, in one sentence.")]
    public string? Message { get; init; }

    [Description("What comes after that, and what comes instead if it takes too long.")]
    public string? Next { get; init; }

    [Description("What a person can do about it. Left out where there is nothing to do.")]
    public string? Advice { get; init; }

    [Description("The metadata.generation this status was made from.")]
    public long? ObservedGeneration { get; init; }

    [ListKey("type")]
    [Description("What holds of this machine just now.")]
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}
