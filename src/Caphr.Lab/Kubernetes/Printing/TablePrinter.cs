using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Printing;

/// <summary>Which part of each object a row carries beside its cells.</summary>
internal enum RowObject
{
    Metadata,
    Object,
    None,
}

/// <summary>Builds the <c>meta.k8s.io/v1</c> Table that kubectl prints.</summary>
internal static class TablePrinter
{
    public static JsonObject Print(ResourceType type, IEnumerable<JsonObject> documents, RowObject rowObject, JsonObject listMetadata, DateTimeOffset now) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = listMetadata,
        ["columnDefinitions"] = new JsonArray([.. type.Columns.Select(Heading)]),
        ["rows"] = new JsonArray([.. documents.Select(document => (JsonNode)Row(type, document, rowObject, now))]),
    };

    /// <summary>An object reduced to its metadata.</summary>
    public static JsonObject MetadataOnly(JsonObject document) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = document["metadata"]?.DeepClone(),
    };

    private static JsonNode Heading(PrinterColumn column) => new JsonObject
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private static JsonObject Row(ResourceType type, JsonObject document, RowObject rowObject, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. type.Columns.Select(column => column.Cell(document, now))]) };
        if (rowObject == RowObject.Metadata) row["object"] = MetadataOnly(document);
        else if (rowObject == RowObject.Object) row["object"] = document.DeepClone();
        return row;
    }
}
