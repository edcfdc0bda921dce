namespace Caphr.Protocols.Kubernetes;

/// <summary>All objects of a selection as they were at one moment, and the version from which a watch continues.</summary>
public sealed record ResourceList<T>(IReadOnlyList<T> Items, string ResourceVersion);
