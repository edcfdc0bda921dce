namespace Caphr.Protocols.Kubernetes;

/// <summary>Which objects of a kind a list or a watch is about. The default is all of them, in every namespace.</summary>
public sealed record Selection
{
    public static readonly Selection Everything = new();

    public string? Namespace { get; init; }

    public string? Labels { get; init; }

    public string? Fields { get; init; }

    public static Selection In(string @namespace) => new() { Namespace = @namespace };

    internal IEnumerable<(string Name, string Value)> Query()
    {
        if (Labels is not null) yield return ("labelSelector", Labels);
        if (Fields is not null) yield return ("fieldSelector", Fields);
    }
}
