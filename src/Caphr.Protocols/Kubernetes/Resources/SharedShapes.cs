using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>The name of a HetznerRobotHost in the same namespace.</summary>
[Atomic]
public sealed record HostReference
{
    [Required, MaxLength(253), RegularExpression(Patterns.DnsName)]
    [Description("Name of the HetznerRobotHost, in the same namespace.")]
    public string Name { get; init; } = "";
}

[Atomic]
public sealed record SecretReference
{
    [Required, MaxLength(253), RegularExpression(Patterns.DnsName)]
    [Description("Name of the Secret.")]
    public string Name { get; init; } = "";

    [MaxLength(63), RegularExpression(Patterns.DnsLabelOrEmpty)]
    [Description("Namespace of the Secret; that of the object that refers to it, if empty.")]
    public string? Namespace { get; init; }
}

/// <summary>What `status.initialization` says to Cluster API's core.</summary>
public sealed record Initialization
{
    [Description("True once the infrastructure was first ready. It stays true: what happens later is told by the Ready condition.")]
    public bool? Provisioned { get; init; }
}

public enum AddressType
{
    Hostname,
    InternalIP,
    ExternalIP,
    InternalDNS,
    ExternalDNS,
}

public sealed record MachineAddress
{
    [Required]
    [Description("What kind of address this is.")]
    public AddressType Type { get; init; }

    [Required, Length(1, 256)]
    [Description("The address. Only addresses on which the Talos API answers are listed, the preferred one first.")]
    public string Address { get; init; } = "";
}

/// <summary>Labels and annotations for the objects made from a template.</summary>
public sealed record TemplateMetadata
{
    [MaxLength(64), Item(MaxLength = 63, Pattern = Patterns.LabelValue)]
    [Description("Labels that every object made from this template gets.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [MaxLength(64)]
    [Description("Annotations that every object made from this template gets.")]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>metav1.LabelSelector.</summary>
[Atomic]
public sealed record LabelSelector
{
    // The bounds keep the cost of comparing two selectors in a rule within what the API server allows.
    [MaxLength(64), Item(MaxLength = 63, Pattern = Patterns.LabelValue)]
    [Description("Labels that must all be present with exactly these values.")]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    [MaxLength(32)]
    [Description("Conditions that must all hold.")]
    public IReadOnlyList<LabelRequirement>? MatchExpressions { get; init; }
}

[CelRule("(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)", "give values with In and NotIn, and none with Exists and DoesNotExist")]
public sealed record LabelRequirement
{
    [Required, MaxLength(317), RegularExpression(Patterns.LabelKey)]
    [Description("The label this is about.")]
    public string Key { get; init; } = "";

    [Required]
    [Description("How the label's value relates to the values.")]
    public LabelOperator Operator { get; init; }

    [MaxLength(128), Item(MaxLength = 63, Pattern = Patterns.LabelValue)]
    [Description("The values, for In and NotIn.")]
    public IReadOnlyList<string>? Values { get; init; }
}

public enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

public enum LifecycleClass
{
    [JsonStringEnumMemberName("compute")]
    Compute,

    [JsonStringEnumMemberName("control-plane")]
    ControlPlane,

    [JsonStringEnumMemberName("storage")]
    Storage,
}

public enum InspectionPolicy
{
    Never,
    BeforeFirstUse,
}

public enum DestructiveProvisioningPolicy
{
    NeverDestructiveByDefault,
    AlwaysCleanSlate,
    RequiresExternalRelease,
}
