using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

// Not moved by clusterctl: a move gives the Machine a new UID, and the release was for the old one.
[CustomResource(ShortName = "hrhr")]
[Description("HetznerRobotHostRelease is a person's or a system's permission to destroy what one server holds, for one Machine and for a limited time. Deleting it withdraws it.")]
[PrinterColumn("Host", ColumnType.Text, ".spec.hostRef.name")]
[PrinterColumn("Machine", ColumnType.Text, ".spec.machineRef.name")]
[PrinterColumn("Valid", ColumnType.Text, ".status.conditions[?(@.type==\"Valid\")].status")]
[PrinterColumn("Reason", ColumnType.Text, ".status.conditions[?(@.type==\"Valid\")].reason")]
[PrinterColumn("Used", ColumnType.Text, ".status.conditions[?(@.type==\"Used\")].status")]
[PrinterColumn("Expires", ColumnType.Text, ".spec.expiresAt")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
[PrinterColumn("Approved by", ColumnType.Text, ".spec.approvedBy", Wide = true)]
[PrinterColumn("Action", ColumnType.Text, ".spec.approvedAction", Wide = true)]
[PrinterColumn("Why", ColumnType.Text, ".spec.reason", Wide = true)]
public sealed record HetznerRobotHostRelease : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotHostRelease));

    // A permission that could be widened after it was given would say nothing about who gave it.
    [Required]
    [Description("What is permitted, to whom, and until when.")]
    [CelRule("self == oldSelf", "a release cannot change: delete it, which withdraws it, and create another")]
    public HetznerRobotHostReleaseSpec Spec { get; init; } = new();

    [Description("Whether the release permits anything just now, and what came of it.")]
    public HetznerRobotHostReleaseStatus Status { get; init; } = new();
}

public sealed record HetznerRobotHostReleaseSpec
{
    [Required]
    [Description("The server whose data may be destroyed.")]
    public HostReference HostRef { get; init; } = new();

    [Required]
    [Description("The Cluster API Machine that the server may be wiped and reinstalled for.")]
    public ReleaseMachineReference MachineRef { get; init; } = new();

    [Required, AllowedValues("WipeAndReinstall")]
    [Description("What may be done. WipeAndReinstall: whatever the server's install disk holds may be destroyed, for the installation and when the server is given back.")]
    public string ApprovedAction { get; init; } = "";

    [Required]
    [Description("From this moment on the release permits nothing, such as 2026-03-01T18:00:00Z. What has begun before is finished.")]
    public DateTimeOffset ExpiresAt { get; init; }

    [MaxLength(253)]
    [Description("Who gave it: a person, a ticket, or the system that asks people.")]
    public string? ApprovedBy { get; init; }

    [MaxLength(1024)]
    [Description("Why it was given.")]
    public string? Reason { get; init; }
}

[Atomic]
public sealed record ReleaseMachineReference
{
    [Required, MaxLength(253), RegularExpression(Patterns.DnsName)]
    [Description("Name of the Machine.")]
    public string Name { get; init; } = "";

    [Required, MaxLength(63), RegularExpression(Patterns.DnsLabel)]
    [Description("Namespace of the Machine, which is that of the release.")]
    public string Namespace { get; init; } = "";

    [Required, MaxLength(128), RegularExpression(Patterns.Uid)]
    [Description("UID of the Machine (metadata.uid): a release is for this Machine and no later one of its name.")]
    public string Uid { get; init; } = "";
}

public sealed record HetznerRobotHostReleaseStatus
{
    [Description("The HetznerRobotMachine for which the server was touched under this release.")]
    public string? UsedBy { get; init; }

    [Description("When the server was first touched under this release.")]
    public DateTimeOffset? UsedAt { get; init; }

    [Description("What the release permits, or why it permits nothing, in one sentence.")]
    public string? Message { get; init; }

    [Description("The metadata.generation this status was made from.")]
    public long? ObservedGeneration { get; init; }

    [ListKey("type")]
    [Description("What holds of this release just now.")]
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}
