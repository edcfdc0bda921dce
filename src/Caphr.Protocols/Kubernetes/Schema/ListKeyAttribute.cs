namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>The list is a map by this field: several managers may each own elements of it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListKeyAttribute(string field) : Attribute
{
    public string Field { get; } = field;
}
