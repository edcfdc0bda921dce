namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>Objects of this type are owned and replaced as a whole, never merged field by field.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AtomicAttribute : Attribute;
