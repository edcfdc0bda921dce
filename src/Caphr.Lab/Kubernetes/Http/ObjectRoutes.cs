using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Patching;
using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Everything under a resource's path: the verbs.</summary>
internal sealed class ObjectRoutes(ObjectStore store, TypeRegistry types, ObjectApi api, Lists lists, Watches watches, TimeProvider clock)
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicPatchType = "application/strategic-merge-patch+json";
    private const string ApplyPatchType = "application/apply-patch+yaml";

    public async Task ServeAsync(HttpContext context, RequestTarget target)
    {
        if (types.Find(target.Group, target.Version, target.Plural) is not { } type
            || target.Subresource is not (null or "status")
            || (target.Subresource == "status" && !type.HasStatus)
            || (target.Namespace is not null && !type.Namespaced))
        {
            await context.RefuseAsync(Refusal.NoSuchPath());
            return;
        }

        if (target.Name is null) await ServeCollectionAsync(context, type, target);
        else await ServeObjectAsync(context, type, target, new ObjectKey(type.GroupResource, target.Namespace ?? "", target.Name));
    }

    private async Task ServeCollectionAsync(HttpContext context, ResourceType type, RequestTarget target)
    {
        switch (context.Request.Method)
        {
            case "GET" when context.Request.Flag("watch"):
                await watches.ServeAsync(context, type, target.Namespace);
                break;
            case "GET":
                await lists.ServeAsync(context, type, target.Namespace);
                break;
            case "POST" when target.Namespace is not null || !type.Namespaced:
                await CreateAsync(context, type, target.Namespace ?? "");
                break;
            case "DELETE":
                await DeleteAllAsync(context, type, target.Namespace);
                break;
            default:
                await context.RefuseAsync(new Refusal(RefusalReason.MethodNotAllowed, "the server does not allow this method on the requested resource"));
                break;
        }
    }

    private async Task ServeObjectAsync(HttpContext context, ResourceType type, RequestTarget target, ObjectKey key)
    {
        var subresource = target.Subresource is null ? Subresource.None : Subresource.Status;
        switch (context.Request.Method)
        {
            case "GET" when store.Find(key) is { } found:
                await AnswerAsync(context, type, found);
                break;
            case "GET":
                await context.RefuseAsync(Refusal.NotFound(key.Resource, key.Name));
                break;
            case "PUT":
                await UpdateAsync(context, type, key, subresource);
                break;
            case "PATCH":
                await PatchAsync(context, type, key, subresource);
                break;
            case "DELETE" when subresource == Subresource.None:
                await DeleteAsync(context, type, key);
                break;
            default:
                await context.RefuseAsync(new Refusal(RefusalReason.MethodNotAllowed, "the server does not allow this method on the requested resource"));
                break;
        }
    }

    private async Task CreateAsync(HttpContext context, ResourceType type, string inNamespace)
    {
        if (!RequestOptions.ForWrite(context.Request).TryGet(out var options, out var refusal)
            || !(await RequestBody.ReadObjectAsync(context.Request)).TryGet(out var body, out refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        await AnswerWriteAsync(context, type, options, api.Create(type, inNamespace, body, options), 201);
    }

    private async Task UpdateAsync(HttpContext context, ResourceType type, ObjectKey key, Subresource subresource)
    {
        if (!RequestOptions.ForWrite(context.Request).TryGet(out var options, out var refusal)
            || !(await RequestBody.ReadObjectAsync(context.Request)).TryGet(out var body, out refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        await AnswerWriteAsync(context, type, options, api.Update(type, key, subresource, body, options), 200);
    }

    private async Task PatchAsync(HttpContext context, ResourceType type, ObjectKey key, Subresource subresource)
    {
        if (!RequestOptions.ForWrite(context.Request).TryGet(out var options, out var refusal)
            || !(await RequestBody.ReadAsync(context.Request)).TryGet(out var patch, out refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var existed = store.Find(key) is not null;
        var outcome = (RequestBody.MediaType(context.Request), patch) switch
        {
            (JsonPatchType, JsonArray operations) => api.Change(type, key, subresource, options, before => JsonPatch.Apply(before, operations)),
            (MergePatchType, JsonObject changes) => api.Change(type, key, subresource, options, before => MergePatch.Apply(before, changes)),
            (StrategicPatchType, JsonObject changes) when !type.IsCustom => api.Change(type, key, subresource, options, before => StrategicMergePatch.Apply(before, changes)),
            (ApplyPatchType, JsonObject applied) when context.Request.Parameter("fieldManager") is null => Refusal.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"),
            (ApplyPatchType, JsonObject applied) => api.Apply(type, key, subresource, applied, options),
            (JsonPatchType or MergePatchType or ApplyPatchType, _) => Refusal.NotAnObject(),
            _ => RequestBody.Unsupported(type.IsCustom
                ? [JsonPatchType, MergePatchType, ApplyPatchType]
                : [JsonPatchType, MergePatchType, StrategicPatchType, ApplyPatchType]),
        };
        await AnswerWriteAsync(context, type, options, outcome, existed ? 200 : 201);
    }

    private async Task DeleteAsync(HttpContext context, ResourceType type, ObjectKey key)
    {
        if (!(await RequestOptions.ForDeleteAsync(context.Request)).TryGet(out var options, out var refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var outcome = api.Delete(type, key, options);
        context.Warn(options.Warnings);
        if (!outcome.TryGet(out var deleted, out refusal)) await context.RefuseAsync(refusal);
        else if (deleted.Gone)
        {
            await context.WriteAsync(Success(type, deleted.Object));
        }
        else
        {
            await AnswerAsync(context, type, deleted.Object);
        }
    }

    private async Task DeleteAllAsync(HttpContext context, ResourceType type, string? inNamespace)
    {
        if (!(await RequestOptions.ForDeleteAsync(context.Request)).TryGet(out var options, out var refusal)
            || !Selection.Parse(context.Request, type).TryGet(out var selection, out refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        foreach (var item in store.List(type.GroupResource, inNamespace).Items.Where(selection.Matches)) api.Delete(type, item.Key, options with { Uid = item.Uid });
        await context.WriteAsync(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success" });
    }

    private async Task AnswerWriteAsync(HttpContext context, ResourceType type, WriteOptions options, Outcome<StoredObject, Refusal> outcome, int code)
    {
        context.Warn(options.Warnings);
        if (outcome.TryGet(out var stored, out var refusal)) await AnswerAsync(context, type, stored, code);
        else await context.RefuseAsync(refusal);
    }

    private Task AnswerAsync(HttpContext context, ResourceType type, StoredObject stored, int code = 200) => Accepted.Form(context.Request) switch
    {
        Representation.Json => context.WriteBytesAsync(stored.As(type), code),
        Representation.MetadataOnly => context.WriteAsync(TablePrinter.MetadataOnly(stored.Read()), code),
        Representation.Table => context.WriteAsync(
            TablePrinter.Print(type, [stored.Read()], Lists.RowObjectOf(context.Request), new JsonObject { ["resourceVersion"] = stored.Read().ResourceVersion() }, clock.GetUtcNow()), code),
        _ => context.RefuseAsync(Lists.NotAcceptable),
    };

    private static JsonObject Success(ResourceType type, StoredObject deleted)
    {
        var details = new JsonObject { ["name"] = deleted.Key.Name, ["kind"] = type.Plural, ["uid"] = deleted.Uid };
        if (type.Group.Length > 0) details["group"] = type.Group;
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }
}
