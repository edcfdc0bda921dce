namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>What a client wants done about fields the schema does not know.</summary>
internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>The part of an object that a write may change.</summary>
internal enum Subresource
{
    None,
    Status,
}

/// <summary>How a write was asked for, and the warnings to be sent back with its answer.</summary>
internal sealed record WriteOptions
{
    public bool DryRun { get; init; }

    public FieldValidation FieldValidation { get; init; } = FieldValidation.Warn;

    public string FieldManager { get; init; } = "unknown";

    /// <summary>Server-side apply takes fields from other managers instead of refusing.</summary>
    public bool Force { get; init; }

    /// <summary>The document brings its own account of who owns what.</summary>
    public bool IsApply { get; init; }

    public IList<string> Warnings { get; } = [];
}

internal sealed record DeleteOptions
{
    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    /// <summary><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>.</summary>
    public string Propagation { get; init; } = "Background";

    public bool DryRun { get; init; }

    public IList<string> Warnings { get; } = [];
}
