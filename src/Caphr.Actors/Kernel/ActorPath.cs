namespace Caphr.Actors.Kernel;

/// <summary>Where an actor stands in the tree, such as <c>/robot/account-1</c>. Names are unique among living siblings.</summary>
public readonly record struct ActorPath(string Value)
{
    public static ActorPath Root { get; } = new("/");

    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    public ActorPath Child(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('/', StringComparison.Ordinal)) throw new ArgumentException($"'{name}' is not a name for an actor.", nameof(name));
        return new ActorPath(Value == "/" ? $"/{name}" : $"{Value}/{name}");
    }

    public override string ToString() => Value;
}
