using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

// Not moved by clusterctl: a move gives the Machine a new UID, and the release was for the old one.
[CustomResource(ShortName = "hrhr")]
[Description("HetznerRobotHostRelease is a person's or a system's permission to destroy what one server holds, for one Machine and for a limited time.")]
[PrinterColumn("Host", ColumnType.Text, ".spec.hostRef.name")]
[PrinterColumn("Machine", ColumnType.Text, ".spec.machineRef.name")]
[PrinterColumn("Action", ColumnType.Text, ".spec.approvedAction")]
[PrinterColumn("Expires", ColumnType.Text, ".spec.expiresAt")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotHostRelease : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotHostRelease));

    [Required]
    [Description("What is permitted, to whom, and until when.")]
    public HetznerRobotHostReleaseSpec Spec { get; init; } = new();

    [Description("What the system that gives releases, or CAPHR, says about it.")]
    public HetznerRobotHostReleaseStatus Status { get; init; } = new();
}

public sealed record HetznerRobotHostReleaseSpec
{
    [Required]
    [Description("The server whose data may be destroyed.")]
    public HostReference HostRef { get; init; } = new();

    [Required]
    [Description("The Cluster API Machine the server may be reinstalled for.")]
    public ReleaseMachineReference MachineRef { get; init; } = new();

    [Required, AllowedValues("WipeAndReinstall")]
    [Description("What may be done.")]
    public string ApprovedAction { get; init; } = "";

    [Required]
    [Description("From this moment on the release permits nothing.")]
    public DateTimeOffset ExpiresAt { get; init; }

    [MaxLength(1024)]
    [Description("Why it was given.")]
    public string? Reason { get; init; }
}

[Atomic]
public sealed record ReleaseMachineReference
{
    [Required, Length(1, 253)]
    [Description("Name of the Machine.")]
    public string Name { get; init; } = "";

    [Required, Length(1, 63)]
    [Description("Namespace of the Machine.")]
    public string Namespace { get; init; } = "";

    [Required, Length(1, 128)]
    [Description("UID of the Machine: a release is for this Machine and no later one of its name.")]
    public string Uid { get; init; } = "";
}

public sealed record HetznerRobotHostReleaseStatus
{
    [Description("Whether the release was found to permit what was asked.")]
    public bool? Authorized { get; init; }

    [Description("Why, or why not.")]
    public string? Reason { get; init; }

    [Description("When this was last looked at.")]
    public DateTimeOffset? LastObservedTime { get; init; }
}
