namespace Caphr.Protocols.Kubernetes;

/// <summary>What the API server needs to know to find a kind of object.</summary>
public sealed record ResourceType(string Group, string Version, string Kind, string Plural)
{
    public bool Namespaced { get; init; } = true;

    /// <summary>Objects of this kind hold secrets: what the server says about them is not repeated.</summary>
    public bool Sensitive { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of the collection, of one object, or of one of its subresources.</summary>
    internal string Path(string? @namespace, string? name = null, string? subresource = null)
    {
        var path = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        if (Namespaced && !string.IsNullOrEmpty(@namespace)) path += $"/namespaces/{Uri.EscapeDataString(@namespace)}";
        path += $"/{Plural}";
        if (name is not null) path += $"/{Uri.EscapeDataString(name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }
}

/// <summary>A C# type that stands for one kind of object.</summary>
public interface IKubernetesResource
{
    static abstract ResourceType Resource { get; }
}
