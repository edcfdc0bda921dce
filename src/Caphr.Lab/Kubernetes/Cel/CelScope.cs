using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Cel;

internal sealed class CelScope
{
    public static readonly CelScope Empty = new(ImmutableDictionary<string, JsonNode?>.Empty);

    private readonly ImmutableDictionary<string, JsonNode?> _variables;

    private CelScope(ImmutableDictionary<string, JsonNode?> variables) => _variables = variables;

    public CelScope With(string name, JsonNode? value) => new(_variables.SetItem(name, value));

    public CelResult Find(string name) => _variables.TryGetValue(name, out var value) ? value : CelResult.Failed($"undeclared reference to '{name}'");
}

/// <summary>A value, or the error that took its place. Errors travel through an expression and are forgotten where CEL says so.</summary>
internal readonly record struct CelResult(JsonNode? Value, string? Error)
{
    public bool IsTrue => Error is null && Value?.GetValueKind() is JsonValueKind.True;

    public bool IsFalse => Error is null && Value?.GetValueKind() is JsonValueKind.False;

    public static implicit operator CelResult(JsonNode? value) => new(value, null);

    public static implicit operator CelResult(bool value) => new(JsonValue.Create(value), null);

    public static CelResult Failed(string error) => new(null, error);

    public static CelResult NoOverload(string operation) => Failed($"no such overload: {operation}");
}
