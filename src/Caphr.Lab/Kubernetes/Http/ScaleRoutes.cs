using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>The <c>/scale</c> of custom resources that have one, which is what <c>kubectl scale</c> reads and writes.</summary>
internal sealed class ScaleRoutes(ObjectStore store, ObjectApi api)
{
    public async Task ServeAsync(HttpContext context, ResourceType type, ScalePaths paths, ObjectKey key)
    {
        switch (context.Request.Method)
        {
            case "GET" when store.Find(key) is { } found:
                await context.WriteAsync(ScaleView.Show(paths, found.Read(type)));
                break;
            case "GET":
                await context.RefuseAsync(Refusal.NotFound(key.Resource, key.Name));
                break;
            case "PUT" or "PATCH":
                await WriteAsync(context, type, paths, key);
                break;
            default:
                await context.RefuseAsync(Refusal.NotAllowed());
                break;
        }
    }

    private async Task WriteAsync(HttpContext context, ResourceType type, ScalePaths paths, ObjectKey key)
    {
        if (!RequestOptions.ForWrite(context.Request).TryGet(out var options, out var refusal)
            || !(await PatchBody.ReadChangeAsync(context.Request, type)).TryGet(out var change, out refusal)
            || !api.Change(type, key, Subresource.None, options, before => Changed(before, change)).TryGet(out var stored, out refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        await context.WriteAsync(ScaleView.Show(paths, stored.Read(type)));

        Outcome<JsonObject, Refusal> Changed(JsonObject document, Func<JsonObject, Outcome<JsonObject, Refusal>> change) =>
            change(ScaleView.Show(paths, document)).TryGet(out var scale, out var refused) ? ScaleView.Write(type, paths, document, scale) : refused;
    }
}
