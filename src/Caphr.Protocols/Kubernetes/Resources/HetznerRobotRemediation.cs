using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrr")]
[Description("HetznerRobotRemediation is a MachineHealthCheck's request to repair one machine. It has the machine's name.")]
[PrinterColumn("Strategy", ColumnType.Text, ".spec.strategy.type")]
[PrinterColumn("Phase", ColumnType.Text, ".status.phase")]
[PrinterColumn("Retries", ColumnType.Number, ".status.retryCount")]
[PrinterColumn("Last", ColumnType.Date, ".status.lastRemediated")]
[PrinterColumn("Message", ColumnType.Text, ".status.message")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotRemediation : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotRemediation));

    [Required]
    [Description("How to repair.")]
    public HetznerRobotRemediationSpec Spec { get; init; } = new();

    [Description("How far the repair has come.")]
    public HetznerRobotRemediationStatus Status { get; init; } = new();
}

public sealed record HetznerRobotRemediationSpec
{
    [Required]
    [Description("What to try, how often, and how long to wait.")]
    public RemediationStrategy Strategy { get; init; } = new();
}

public sealed record RemediationStrategy
{
    [AllowedValues("Reboot"), DefaultValue("Reboot")]
    [Description("Reboot: press the server's reset button, and wait for the node.")]
    public string? Type { get; init; }

    [Range(1, 10), DefaultValue(1)]
    [Description("How many resets to try before the machine is handed back to its owner to be replaced.")]
    public int? RetryLimit { get; init; }

    [RegularExpression("^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"), DefaultValue("600s"), MaxLength(32)]
    [Description("How long the node may take to come back after a reset, such as 600s.")]
    public string? Timeout { get; init; }
}

public sealed record HetznerRobotRemediationStatus
{
    [Description("Running, Waiting, Succeeded or Escalated.")]
    public string? Phase { get; init; }

    [Description("Resets done so far.")]
    public int? RetryCount { get; init; }

    [Description("When the last reset was.")]
    public DateTimeOffset? LastRemediated { get; init; }

    [Description("What CAPHR is doing, or why it does nothing, in one sentence.")]
    public string? Message { get; init; }

    [ListKey("type")]
    [Description("What holds of this remediation just now.")]
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

[CustomResource(ShortName = "hrrt")]
[Description("HetznerRobotRemediationTemplate is what a MachineHealthCheck makes HetznerRobotRemediations from.")]
[PrinterColumn("Strategy", ColumnType.Text, ".spec.template.spec.strategy.type")]
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
