using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Schema;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Store;

internal readonly record struct ObjectKey(GroupResource Resource, string Namespace, string Name);

/// <summary>One version of one object, kept as bytes the way etcd keeps it: nobody can change what is stored by holding on to it.</summary>
internal sealed class StoredObject
{
    private readonly SchemaNode? _schema;
    private Shown? _shown;

    private StoredObject(ObjectKey key, long revision, JsonObject document, SchemaNode? schema)
    {
        _schema = schema;
        Key = key;
        Revision = revision;
        Json = document.ToBytes();
        Uid = document.Uid();
        ApiVersion = document.TextAt("apiVersion") ?? "";
        Labels = document.Labels();
        Owners = document.Owners();
        Finalizers = document.Finalizers();
        IsBeingDeleted = document.IsBeingDeleted();
    }

    public ObjectKey Key { get; }

    public long Revision { get; }

    public ReadOnlyMemory<byte> Json { get; }

    public string Uid { get; }

    public string ApiVersion { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyList<OwnerReference> Owners { get; }

    public IReadOnlyList<string> Finalizers { get; }

    public bool IsBeingDeleted { get; }

    /// <summary>Writes the revision into the document as its resourceVersion, then freezes it.</summary>
    /// <param name="schema">The schema the document was shaped by.</param>
    public static StoredObject Freeze(ObjectKey key, long revision, JsonObject document, SchemaNode? schema)
    {
        document.Child("metadata")["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(key, revision, document, schema);
    }

    /// <summary>What a dry run would have stored.</summary>
    public static StoredObject Draft(ObjectKey key, JsonObject document, SchemaNode? schema) => new(key, 0, document, schema);

    /// <summary>The last state of an object, under the revision of its deletion.</summary>
    public StoredObject Buried(long revision) => Freeze(Key, revision, Read(), _schema);

    /// <summary>A copy that the caller may change.</summary>
    public JsonObject Read() => (JsonObject)JsonNode.Parse(Json.Span)!;

    public JsonObject Read(ResourceType type) => (JsonObject)JsonNode.Parse(As(type).Span)!;

    /// <summary>
    /// The object as its kind is now: in another version, which differs by name only (as with conversion strategy None), and by a schema
    /// that may have changed since it was written. Nothing is written for that, so it is shaped anew for whoever looks.
    /// </summary>
    public ReadOnlyMemory<byte> As(ResourceType type)
    {
        if (ApiVersion == type.GroupVersion && ReferenceEquals(_schema, type.Schema)) return Json;
        if (_shown is { } shown && ReferenceEquals(shown.Schema, type.Schema)) return shown.Json;
        var document = Read();
        document["apiVersion"] = type.GroupVersion;
        if (type.Schema is not null)
        {
            Shaper.Prune(document, type.Schema);
            Shaper.Default(document, type.Schema);
        }

        var bytes = (ReadOnlyMemory<byte>)document.ToBytes();
        // Built-in kinds have no schema to be told apart by.
        if (type.Schema is not null) _shown = new Shown(type.Schema, bytes);
        return bytes;
    }

    private sealed record Shown(SchemaNode Schema, ReadOnlyMemory<byte> Json);
}

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One entry of the history. For a deletion, <paramref name="Object"/> is the last state under the revision of the deletion.</summary>
internal sealed record Change(ChangeKind Kind, StoredObject Object, StoredObject? Before)
{
    public long Revision => Object.Revision;
}

/// <summary>What happened after a revision, up to another.</summary>
internal sealed record Feed(IReadOnlyList<Change> Changes, long Revision);
