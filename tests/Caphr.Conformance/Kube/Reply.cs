using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>An answer, and what a case may say about it. Message texts are not promised by anybody and are never compared.</summary>
public sealed record Reply(int Code, string Text)
{
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public required Version Protocol { get; init; }

    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public JsonObject Metadata => Json["metadata"]!.AsObject();

    public string Version => At("metadata", "resourceVersion")!;

    public string Uid => At("metadata", "uid")!;

    public long Generation => Metadata["generation"]!.GetValue<long>();

    public bool BeingDeleted => Metadata["deletionTimestamp"] is not null;

    public IEnumerable<JsonObject> Items => Json["items"]!.AsArray().Select(item => item!.AsObject());

    public IReadOnlyList<string> Names => [.. Items.Select(item => item["metadata"]!["name"]!.GetValue<string>())];

    /// <summary>Reasons and fields of what was wrong, as clients show them to people.</summary>
    public IReadOnlyList<(string Reason, string Field)> Causes =>
    [
        .. (Json["details"]?["causes"]?.AsArray() ?? []).Select(cause =>
            (cause!["reason"]?.GetValue<string>() ?? "", cause["field"]?.GetValue<string>() ?? "")),
    ];

    public JsonNode? Node(params ReadOnlySpan<string> path)
    {
        JsonNode? at = Json;
        foreach (var step in path) at = at is JsonArray items ? items[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : at?[step];
        return at;
    }

    /// <summary>The text of a scalar, or null where there is none.</summary>
    public string? At(params ReadOnlySpan<string> path) => Node(path)?.ToString();

    public Reply Is(params int[] codes)
    {
        Assert.True(codes.Contains(Code), $"expected {string.Join(" or ", codes)}, got {Code}: {Text}");
        return this;
    }

    /// <summary>A refusal is a Status object that says what kind of refusal it is.</summary>
    public Reply Refused(int code, string reason)
    {
        Is(code);
        Assert.Equal("Status", At("kind"));
        Assert.Equal("v1", At("apiVersion"));
        Assert.Equal("Failure", At("status"));
        Assert.Equal(reason, At("reason"));
        Assert.Equal(code, Json["code"]!.GetValue<int>());
        return this;
    }

    /// <summary>Refused as invalid, with this among the causes.</summary>
    public Reply Invalid(string reason, string field)
    {
        Refused(422, "Invalid");
        Assert.True(Causes.Contains((reason, field)), $"no cause {reason} at {field} in {Text}");
        return this;
    }

    /// <summary>The manager's entry in managedFields, or null.</summary>
    public JsonObject? Entry(string manager, string? operation = null, string? subresource = null) => Metadata["managedFields"]?.AsArray()
        .Select(entry => entry!.AsObject())
        .FirstOrDefault(entry => entry["manager"]?.GetValue<string>() == manager
            && (operation is null || entry["operation"]?.GetValue<string>() == operation)
            && (entry["subresource"]?.GetValue<string>() ?? "") == (subresource ?? ""));
}
