namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>A C# type from which a CustomResourceDefinition is made.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomResourceAttribute : Attribute
{
    public required string ShortName { get; init; }

    /// <summary>clusterctl move takes these objects, and what they own, along, although no Cluster owns them.</summary>
    public bool MoveHierarchy { get; init; }
}
