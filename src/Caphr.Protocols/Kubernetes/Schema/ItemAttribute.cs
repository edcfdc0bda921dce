namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>What each element of a list, or each value of a map, must be like.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemAttribute : Attribute
{
    public string? Pattern { get; init; }

    /// <summary>0 sets no bound; rules that look at every element need one, or the API server finds them too dear.</summary>
    public int MaxLength { get; init; }
}
