using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>One entry of <c>metadata.managedFields</c>.</summary>
internal sealed record ManagedEntry(string Manager, string Operation, string ApiVersion, string Subresource, string Time, OwnedFields Fields)
{
    public static List<ManagedEntry> ReadAll(JsonObject document) => [.. document.ItemsAt("metadata", "managedFields").OfType<JsonObject>().Select(Read)];

    public static void WriteAll(JsonObject document, IEnumerable<ManagedEntry> entries)
    {
        var written = entries.Where(entry => !entry.Fields.IsEmpty).Select(entry => (JsonNode)entry.Write()).ToArray();
        if (written.Length == 0) document.Child("metadata").Remove("managedFields");
        else document.Child("metadata")["managedFields"] = new JsonArray(written);
    }

    public bool IsOf(string manager, string operation, Subresource subresource) =>
        Manager == manager && Operation == operation && Subresource == NameOf(subresource);

    public static string NameOf(Subresource subresource) => subresource == Objects.Subresource.Status ? "status" : "";

    private static ManagedEntry Read(JsonObject entry) => new(
        entry.TextAt("manager") ?? "",
        entry.TextAt("operation") ?? "",
        entry.TextAt("apiVersion") ?? "",
        entry.TextAt("subresource") ?? "",
        entry.TextAt("time") ?? "",
        new OwnedFields(entry["fieldsV1"] as JsonObject ?? []));

    private JsonObject Write()
    {
        var entry = new JsonObject
        {
            ["manager"] = Manager,
            ["operation"] = Operation,
            ["apiVersion"] = ApiVersion,
            ["time"] = Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Fields.Write(),
        };
        if (Subresource.Length > 0) entry["subresource"] = Subresource;
        return entry;
    }
}
