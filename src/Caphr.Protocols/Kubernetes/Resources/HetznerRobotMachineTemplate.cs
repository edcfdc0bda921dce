using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrmt")]
[Description("HetznerRobotMachineTemplate is what the HetznerRobotMachines of a control plane or a MachineDeployment are made from.")]
[PrinterColumn("Talos", ColumnType.Text, ".spec.template.spec.talosVersion")]
[PrinterColumn("Schematic", ColumnType.Text, ".spec.template.spec.talosSchematic", Wide = true)]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotMachineTemplate : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotMachineTemplate));

    [Required]
    [Description("The template.")]
    public HetznerRobotMachineTemplateSpec Spec { get; init; } = new();

    [Description("What the nodes made from this template will have.")]
    public HetznerRobotMachineTemplateStatus Status { get; init; } = new();
}

public sealed record HetznerRobotMachineTemplateSpec
{
    [Required]
    [Description("What each machine is made from.")]
    public HetznerRobotMachineTemplateResource Template { get; init; } = new();
}

public sealed record HetznerRobotMachineTemplateResource
{
    [Description("Labels and annotations of each machine.")]
    public TemplateMetadata? Metadata { get; init; }

    [Required]
    [Description("The spec of each machine.")]
    public HetznerRobotMachineSpec Spec { get; init; } = new();
}

public sealed record HetznerRobotMachineTemplateStatus
{
    [Description("Resources of one node (cpu, memory, ephemeral-storage), for the cluster autoscaler to scale up from none.")]
    public IReadOnlyDictionary<string, string>? Capacity { get; init; }

    [Description("Platform of one node, for the cluster autoscaler.")]
    public TemplateNodeInfo? NodeInfo { get; init; }
}

public sealed record TemplateNodeInfo
{
    [AllowedValues("amd64", "arm64")]
    [Description("Processor architecture.")]
    public string? Architecture { get; init; }

    [AllowedValues("linux")]
    [Description("Operating system.")]
    public string? OperatingSystem { get; init; }
}
