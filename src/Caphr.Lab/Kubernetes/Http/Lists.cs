using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Lists, whole or page by page. All pages of one list show the same moment.</summary>
internal sealed class Lists(ObjectStore store, TimeProvider clock)
{
    public static readonly Refusal NotAcceptable = new(
        RefusalReason.NotAcceptable, "only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io");

    public async Task ServeAsync(HttpContext context, ResourceType type, string? inNamespace)
    {
        if (Accepted.Form(context.Request) is not { } form) await context.RefuseAsync(NotAcceptable);
        else if (Select(context.Request, type, inNamespace).TryGet(out var page, out var refusal)) await WriteAsync(context, type, form, page);
        else await context.RefuseAsync(refusal);
    }

    public static RowObject RowObjectOf(HttpRequest request) => request.Parameter("includeObject") switch
    {
        "Object" => RowObject.Object,
        "None" => RowObject.None,
        _ => RowObject.Metadata,
    };

    private Outcome<Page, Refusal> Select(HttpRequest request, ResourceType type, string? inNamespace)
    {
        if (!Selection.Parse(request, type).TryGet(out var selection, out var refusal)) return refusal;
        if (!ReadStart(request).TryGet(out var start, out refusal)) return refusal;
        var (items, revision) = store.List(type.GroupResource, inNamespace);
        if (start.Revision is { } then)
        {
            if (store.ListAt(type.GroupResource, inNamespace, then) is not { } past)
            {
                return start.IsContinued
                    ? new Refusal(RefusalReason.Expired, "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.")
                    : Refusal.Expired(then, store.Compacted);
            }

            (items, revision) = (past, then);
        }

        var selected = items.Where(selection.Matches).Skip(start.Offset).ToList();
        var limit = int.TryParse(request.Parameter("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : int.MaxValue;
        if (selected.Count <= limit) return new Page(selected, revision, null, null);
        var next = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{revision}:{start.Offset + limit}")));
        // How many are left is only said where nothing was filtered, as in Kubernetes.
        return new Page(selected[..limit], revision, next, selection.IsEverything ? selected.Count - limit : null);
    }

    private static Outcome<Start, Refusal> ReadStart(HttpRequest request)
    {
        if (request.Parameter("continue") is not { } token)
        {
            return request.Parameter("resourceVersionMatch") == "Exact"
                && long.TryParse(request.Parameter("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var exact)
                ? new Start(exact, 0, IsContinued: false)
                : new Start(null, 0, IsContinued: false);
        }

        var bytes = new byte[token.Length];
        if (Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':') is [var revision, var offset]
            && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var skip))
        {
            return new Start(at, skip, IsContinued: true);
        }

        return Refusal.BadRequest("continue key is not valid");
    }

    private async Task WriteAsync(HttpContext context, ResourceType type, Representation form, Page page)
    {
        var metadata = new JsonObject { ["resourceVersion"] = page.Revision.ToString(CultureInfo.InvariantCulture) };
        if (page.Continue is not null) metadata["continue"] = page.Continue;
        if (page.Remaining is { } remaining) metadata["remainingItemCount"] = remaining;
        switch (form)
        {
            case Representation.Table:
                await context.WriteAsync(TablePrinter.Print(type, page.Items.Select(item => item.Read(type)), RowObjectOf(context.Request), metadata, clock.GetUtcNow()));
                break;
            case Representation.MetadataOnly:
                await context.WriteAsync(new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = metadata,
                    ["items"] = new JsonArray([.. page.Items.Select(item => (JsonNode)TablePrinter.MetadataOnly(item.Read()))]),
                });
                break;
            default:
                await context.WriteBytesAsync(Whole(type, metadata, page.Items));
                break;
        }
    }

    /// <summary>The stored bytes are copied as they are: a list of thousands of objects parses none of them.</summary>
    private static ReadOnlyMemory<byte> Whole(ResourceType type, JsonObject metadata, IReadOnlyList<StoredObject> items)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", type.ListKind);
            writer.WriteString("apiVersion", type.GroupVersion);
            writer.WritePropertyName("metadata");
            metadata.WriteTo(writer);
            writer.WriteStartArray("items");
            foreach (var item in items) writer.WriteRawValue(item.As(type).Span, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private sealed record Start(long? Revision, int Offset, bool IsContinued);

    private sealed record Page(IReadOnlyList<StoredObject> Items, long Revision, string? Continue, int? Remaining);
}
