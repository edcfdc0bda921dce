using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>
/// The fields of one manager, as its <c>fieldsV1</c> has them. Most writes change what their writer owns already, so the text is only taken apart where one
/// of them adds something or takes something away.
/// </summary>
internal sealed class OwnedFields
{
    public static readonly OwnedFields None = new(new HashSet<FieldPath>());

    private readonly JsonObject? _written;
    private IReadOnlySet<FieldPath>? _paths;

    public OwnedFields(IReadOnlySet<FieldPath> paths) => _paths = paths;

    public OwnedFields(JsonObject written) => _written = written;

    public IReadOnlySet<FieldPath> Paths => _paths ??= FieldSets.Read(_written!);

    public bool IsEmpty => _written is null && Paths.Count == 0;

    public OwnedFields With(IReadOnlySet<FieldPath> more) => more.All(Has) ? this : new OwnedFields(Paths.Union(more).ToHashSet());

    public OwnedFields Without(IReadOnlySet<FieldPath> less) => less.Any(Has) ? new OwnedFields(Paths.Except(less).ToHashSet()) : this;

    public JsonObject Write() => _written?.Copy() ?? FieldSets.Write(Paths);

    private bool Has(FieldPath path) => _written is null ? Paths.Contains(path) : FieldSets.Has(_written, path);
}
