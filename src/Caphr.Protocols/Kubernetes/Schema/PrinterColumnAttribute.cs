namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>A column of <c>kubectl get</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(string name, ColumnType type, string path) : Attribute
{
    public string Name { get; } = name;

    public ColumnType Type { get; } = type;

    public string Path { get; } = path;

    /// <summary>Shown with <c>-o wide</c> only.</summary>
    public bool Wide { get; init; }
}

public enum ColumnType
{
    Text,
    Number,
    Date,
}
