using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Caphr.Protocols.Kubernetes.Objects;

/// <summary>metav1.Condition. Core discards a whole list over one malformed element, so the schema asks for every field.</summary>
public sealed record Condition
{
    [Required, Length(1, 316)]
    [RegularExpression(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")]
    [Description("What the condition is about, in CamelCase.")]
    public string Type { get; init; } = "";

    [Required, AllowedValues("True", "False", "Unknown")]
    [Description("Whether it holds.")]
    public string Status { get; init; } = "Unknown";

    [Range(0, long.MaxValue)]
    [Description("The metadata.generation this was judged by; older than the object's means it is out of date.")]
    public long? ObservedGeneration { get; init; }

    [Required]
    [Description("When the status last changed.")]
    public DateTimeOffset LastTransitionTime { get; init; }

    [Required, Length(1, 1024)]
    [RegularExpression("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    [Description("Why, in one CamelCase word for programs.")]
    public string Reason { get; init; } = "";

    [Required, MaxLength(32768)]
    [Description("Why, in a sentence for people; empty when there is nothing to add.")]
    public string Message { get; init; } = "";
}
