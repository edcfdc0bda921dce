namespace Caphr.Protocols.MachineConfig;

/// <summary>A place in a configuration: a path of keys in the main document, or in the one of a kind and name.</summary>
internal sealed record Spot(string? Kind, string? Name, string[] Path)
{
    /// <summary>As people refer to it.</summary>
    public string Key => Kind is null ? string.Join('.', Path) : $"{Document} {string.Join('.', Path)}".TrimEnd();

    public string Document => Name is null ? Kind ?? "v1alpha1" : $"{Kind}/{Name}";

    public static Spot Main(params string[] path) => new(null, null, path);

    public static Spot In(string kind, string? name, params string[] path) => new(kind, name, path);
}
