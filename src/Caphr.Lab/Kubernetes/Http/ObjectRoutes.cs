using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Everything under a resource's path: the verbs.</summary>
internal sealed class ObjectRoutes(ObjectStore store, TypeRegistry types, ObjectApi api, Lists lists, Watches watches, Reviews reviews, AccessGate gate, TimeProvider clock)
{
    private readonly ScaleRoutes _scales = new(store, api);

    public async Task ServeAsync(HttpContext context, RequestTarget target)
    {
        if (types.Find(target.Group, target.Version, target.Plural) is not { } type || (target.Namespace is not null && !type.Namespaced))
        {
            await context.RefuseAsync(Refusal.NoSuchPath());
            return;
        }

        var key = new ObjectKey(type.GroupResource, target.Namespace ?? "", target.Name ?? "");
        switch (target)
        {
            case { Name: null } when !type.IsKept:
                await ServeQuestionAsync(context, type);
                break;
            case { Name: null }:
                await ServeCollectionAsync(context, type, target);
                break;
            case { Subresource: null } or { Subresource: "status" } when type.IsKept && (target.Subresource is null || type.HasStatus):
                await ServeObjectAsync(context, type, target, key);
                break;
            case { Subresource: "scale" } when type.Scale is { } paths:
                await _scales.ServeAsync(context, type, paths, key);
                break;
            case { Subresource: "token" } when type.Is("", "ServiceAccount"):
                await ServeTokenAsync(context, key);
                break;
            default:
                await context.RefuseAsync(Refusal.NoSuchPath());
                break;
        }
    }

    private Task ServeQuestionAsync(HttpContext context, ResourceType type) =>
        context.Request.Method == "POST" ? reviews.AnswerAsync(context, type) : context.RefuseAsync(Refusal.NotAllowed());

    private Task ServeTokenAsync(HttpContext context, ObjectKey account)
    {
        if (context.Request.Method != "POST") return context.RefuseAsync(Refusal.NotAllowed());
        return store.Find(account) is null
            ? context.RefuseAsync(Refusal.NotFound(account.Resource, account.Name))
            : reviews.IssueTokenAsync(context, account.Namespace, account.Name);
    }

    private async Task ServeCollectionAsync(HttpContext context, ResourceType type, RequestTarget target)
    {
        switch (context.Request.Method)
        {
            case "GET" when ReadOptions.Check(context.Request) is { } refusal:
                await context.RefuseAsync(refusal);
                break;
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
                await context.RefuseAsync(Refusal.NotAllowed());
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
                await context.RefuseAsync(Refusal.NotAllowed());
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
        if (!RequestOptions.ForWrite(context.Request).TryGet(out var options, out var refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var existed = store.Find(key) is not null;
        var applies = RequestBody.MediaType(context.Request) == PatchBody.ApplyType;
        // Who applies what is not there creates it, and needs both verbs.
        if (applies && !existed && gate.Check(context.Features.Get<LabUser>()!, new AccessRequest.ToResource("create", type.Group, type.Plural, "", key.Namespace, key.Name)) is { } forbidden)
        {
            await context.RefuseAsync(forbidden);
            return;
        }

        var outcome = applies
            ? await ApplyAsync(context, type, key, subresource, options)
            : await ChangeAsync(context, type, key, subresource, options);
        await AnswerWriteAsync(context, type, options, outcome, existed ? 200 : 201);
    }

    private async Task<Outcome<StoredObject, Refusal>> ApplyAsync(HttpContext context, ResourceType type, ObjectKey key, Subresource subresource, WriteOptions options) =>
        (await RequestBody.ReadAppliedAsync(context.Request)).TryGet(out var applied, out var refusal) ? api.Apply(type, key, subresource, applied, options) : refusal;

    private async Task<Outcome<StoredObject, Refusal>> ChangeAsync(HttpContext context, ResourceType type, ObjectKey key, Subresource subresource, WriteOptions options) =>
        (await PatchBody.ReadChangeAsync(context.Request, type)).TryGet(out var change, out var refusal) ? api.Change(type, key, subresource, options, change) : refusal;

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
            TablePrinter.Print(type, [stored.Read(type)], Lists.RowObjectOf(context.Request), new JsonObject { ["resourceVersion"] = stored.Read().ResourceVersion() }, clock.GetUtcNow()), code),
        _ => context.RefuseAsync(Lists.NotAcceptable),
    };

    private static JsonObject Success(ResourceType type, StoredObject deleted)
    {
        var details = new JsonObject { ["name"] = deleted.Key.Name, ["kind"] = type.Plural, ["uid"] = deleted.Uid };
        if (type.Group.Length > 0) details["group"] = type.Group;
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }
}
