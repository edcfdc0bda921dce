using System.Globalization;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>What the server itself reads from and writes into <c>metadata</c>, whatever the kind.</summary>
internal static class Metadata
{
    /// <summary>Fields a strict client may send; anything else in metadata is dropped.</summary>
    public static readonly IReadOnlySet<string> Known = new HashSet<string>(StringComparer.Ordinal)
    {
        "annotations", "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers", "generateName", "generation", "labels",
        "managedFields", "name", "namespace", "ownerReferences", "resourceVersion", "selfLink", "uid",
    };

    private static readonly string[] s_collections = ["annotations", "finalizers", "labels", "ownerReferences"];

    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    public static string Name(this JsonObject document) => document.TextAt("metadata", "name") ?? "";

    public static string Namespace(this JsonObject document) => document.TextAt("metadata", "namespace") ?? "";

    public static string Uid(this JsonObject document) => document.TextAt("metadata", "uid") ?? "";

    public static string? ResourceVersion(this JsonObject document) => document.TextAt("metadata", "resourceVersion") is { Length: > 0 } version ? version : null;

    public static bool IsBeingDeleted(this JsonObject document) => document.At("metadata", "deletionTimestamp") is not null;

    public static long Generation(this JsonObject document) => document.NumberAt("metadata", "generation") ?? 0;

    public static IReadOnlyList<string> Finalizers(this JsonObject document) =>
        [.. document.ItemsAt("metadata", "finalizers").Select(item => item.AsText()).OfType<string>()];

    public static IReadOnlyList<OwnerReference> Owners(this JsonObject document) =>
        [.. document.ItemsAt("metadata", "ownerReferences").OfType<JsonObject>().Select(OwnerReference.Read)];

    public static IReadOnlyDictionary<string, string> Labels(this JsonObject document) =>
        document.MembersAt("metadata", "labels").ToDictionary(label => label.Key, label => label.Value.AsText() ?? "", StringComparer.Ordinal);

    public static void SetFinalizers(this JsonObject document, IReadOnlyCollection<string> finalizers)
    {
        if (finalizers.Count == 0) document.Child("metadata").Remove("finalizers");
        else document.Child("metadata")["finalizers"] = finalizers.ToArray();
    }

    /// <summary>In metadata nothing is the same as empty, as it is when the real server has read it into its own type.</summary>
    public static void DropEmptyMetadata(this JsonObject document)
    {
        foreach (var field in s_collections)
        {
            if (document.At("metadata", field) is JsonObject { Count: 0 } or JsonArray { Count: 0 }) document.Child("metadata").Remove(field);
        }
    }

    /// <summary>Seconds precision with Z, as every Kubernetes time is written.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

internal sealed record OwnerReference(string Uid, string Kind, string Name, bool BlocksDeletion)
{
    public static OwnerReference Read(JsonObject reference) =>
        new(reference.TextAt("uid") ?? "", reference.TextAt("kind") ?? "", reference.TextAt("name") ?? "", reference.FlagAt("blockOwnerDeletion"));
}
