using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Store;

internal readonly record struct ObjectKey(GroupResource Resource, string Namespace, string Name);

/// <summary>One version of one object, kept as bytes the way etcd keeps it: nobody can change what is stored by holding on to it.</summary>
internal sealed class StoredObject
{
    private StoredObject(ObjectKey key, long revision, JsonObject document)
    {
        Key = key;
        Revision = revision;
        Json = document.ToBytes();
        Uid = document.Uid();
        ApiVersion = document.TextAt("apiVersion") ?? "";
        Labels = document.Labels();
    }

    public ObjectKey Key { get; }

    public long Revision { get; }

    public ReadOnlyMemory<byte> Json { get; }

    public string Uid { get; }

    public string ApiVersion { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Writes the revision into the document as its resourceVersion, then freezes it.</summary>
    public static StoredObject Freeze(ObjectKey key, long revision, JsonObject document)
    {
        document.Child("metadata")["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(key, revision, document);
    }

    /// <summary>What a dry run would have stored.</summary>
    public static StoredObject Draft(ObjectKey key, JsonObject document) => new(key, 0, document);

    /// <summary>A copy that the caller may change.</summary>
    public JsonObject Read() => (JsonObject)JsonNode.Parse(Json.Span)!;

    /// <summary>The same object in another version of its kind. Kinds convert by name only, as a CRD with strategy None does.</summary>
    public ReadOnlyMemory<byte> As(ResourceType type)
    {
        if (ApiVersion == type.GroupVersion) return Json;
        var document = Read();
        document["apiVersion"] = type.GroupVersion;
        return document.ToBytes();
    }
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

/// <summary>What happened after a revision. <paramref name="Next"/> completes at the first change that is not in <paramref name="Changes"/>.</summary>
internal sealed record Feed(IReadOnlyList<Change> Changes, long Revision, Task Next);
