using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrrt")]
[Description("HetznerRobotRemediationTemplate is what a MachineHealthCheck makes HetznerRobotRemediations from.")]
[PrinterColumn("Strategy", ColumnType.Text, ".spec.template.spec.strategy.type")]
[PrinterColumn("Resets", ColumnType.Number, ".spec.template.spec.strategy.retryLimit")]
[PrinterColumn("Timeout", ColumnType.Text, ".spec.template.spec.strategy.timeout")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotRemediationTemplate : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotRemediationTemplate));

    [Required]
    [Description("The template.")]
    public HetznerRobotRemediationTemplateSpec Spec { get; init; } = new();
}

public sealed record HetznerRobotRemediationTemplateSpec
{
    [Required]
    [Description("What each remediation is made from.")]
    public HetznerRobotRemediationTemplateResource Template { get; init; } = new();
}

public sealed record HetznerRobotRemediationTemplateResource
{
    [Description("Labels and annotations of each remediation.")]
    public TemplateMetadata? Metadata { get; init; }

    [Required]
    [Description("The spec of each remediation.")]
    public HetznerRobotRemediationSpec Spec { get; init; } = new();
}
