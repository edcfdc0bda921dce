namespace Caphr.Protocols.Kubernetes;

/// <summary>Where an object of a given kind lives. <see cref="Namespace"/> is empty for kinds of the whole cluster.</summary>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
