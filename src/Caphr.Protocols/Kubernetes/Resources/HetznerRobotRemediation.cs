using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

// Named after its Machine and owned by it, so a move takes it along without a label.
[CustomResource(ShortName = "hrr")]
[Description("HetznerRobotRemediation is a MachineHealthCheck's request to repair one Machine, whose name it has. Its server is reset; if no reset helps, the Machine's owner is asked to replace it.")]
[PrinterColumn("Cluster", ColumnType.Text, ".metadata.labels['cluster\\.x-k8s\\.io/cluster-name']")]
[PrinterColumn("Host", ColumnType.Text, ".status.hostRef.name")]
[PrinterColumn("Phase", ColumnType.Text, ".status.phase")]
[PrinterColumn("Resets", ColumnType.Number, ".status.retryCount")]
[PrinterColumn("Of", ColumnType.Number, ".spec.strategy.retryLimit")]
[PrinterColumn("Last", ColumnType.Date, ".status.lastRemediated")]
[PrinterColumn("Message", ColumnType.Text, ".status.message")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
[PrinterColumn("Strategy", ColumnType.Text, ".spec.strategy.type", Wide = true)]
[PrinterColumn("Timeout", ColumnType.Text, ".spec.strategy.timeout", Wide = true)]
[PrinterColumn("Paused", ColumnType.Text, ".status.conditions[?(@.type==\"Paused\")].status", Wide = true)]
public sealed record HetznerRobotRemediation : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotRemediation));

    [Required]
    [Description("How to repair.")]
    [CelRule("self == oldSelf", "a remediation under way keeps its strategy: delete it, and the MachineHealthCheck makes another from its template")]
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

    // Each try is one of the account's fifty resets an hour.
    [Range(1, 10), DefaultValue(1)]
    [Description("How many resets to try before the Machine is handed back to its owner to be replaced, by its condition OwnerRemediated.")]
    public int? RetryLimit { get; init; }

    [RegularExpression(@"^([0-9]+(\.[0-9]+)?(s|m|h))+$"), MaxLength(32), DefaultValue("600s")]
    [CelRule("duration(self) >= duration('60s') && duration(self) <= duration('24h')", "timeout must be from 60s to 24h: a server needs minutes to come back, such as 600s")]
    [Description("How long the node may take to come back after a reset, such as 600s. It is given five minutes in any case, because hardware needs them.")]
    public string? Timeout { get; init; }
}

public sealed record HetznerRobotRemediationStatus
{
    [Description("Running: about to reset. Waiting: for the node to come back. Succeeded: it did. Escalated: all resets are spent, and the Machine's owner has been asked to replace it. " +
        "Skipped: nothing may be done to this server.")]
    public RemediationPhase? Phase { get; init; }

    [Range(0, int.MaxValue)]
    [Description("Resets pressed so far. Counted when intended, so a lost answer is never free.")]
    public int? RetryCount { get; init; }

    [Description("When the last reset was.")]
    public DateTimeOffset? LastRemediated { get; init; }

    [Description("Until when the node may take to come back.")]
    public DateTimeOffset? WaitUntil { get; init; }

    [Description("The server that is repaired.")]
    public HostReference? HostRef { get; init; }

    [Description("What CAPHR is doing, or why it does nothing, in one sentence.")]
    public string? Message { get; init; }

    [Description("The metadata.generation this status was made from.")]
    public long? ObservedGeneration { get; init; }

    [ListKey("type")]
    [Description("What holds of this remediation just now.")]
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

public enum RemediationPhase
{
    Running,
    Waiting,
    Succeeded,
    Escalated,
    Skipped,
}
