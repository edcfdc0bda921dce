using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Patching;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>What the body of a PUT or PATCH makes of a document. Apply is not among it: it depends on who owns what.</summary>
internal static class PatchBody
{
    public const string ApplyType = "application/apply-patch+yaml";

    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicPatchType = "application/strategic-merge-patch+json";

    public static async Task<Outcome<Func<JsonObject, Outcome<JsonObject, Refusal>>, Refusal>> ReadChangeAsync(HttpRequest request, ResourceType type)
    {
        if (request.Method == "PUT")
        {
            var replacement = await RequestBody.ReadObjectAsync(request);
            return replacement.Then<Func<JsonObject, Outcome<JsonObject, Refusal>>>(document => _ => document.Copy());
        }

        var media = RequestBody.MediaType(request);
        // Asked before the body is read: a client that sends YAML is to learn what is wrong with it.
        if (!Accepted(type).Contains(media)) return RequestBody.Unsupported(Accepted(type));
        if (!(await RequestBody.ReadAsync(request)).TryGet(out var patch, out var refusal)) return refusal;
        return (media, patch) switch
        {
            (JsonPatchType, JsonArray operations) => Outcome(before => JsonPatch.Apply(before, operations)),
            (MergePatchType, JsonObject changes) => Outcome(before => MergePatch.Apply(before, changes)),
            (StrategicPatchType, JsonObject changes) => Outcome(before => StrategicMergePatch.Apply(before, changes)),
            _ => Refusal.NotAnObject(),
        };
    }

    private static Outcome<Func<JsonObject, Outcome<JsonObject, Refusal>>, Refusal> Outcome(Func<JsonObject, Outcome<JsonObject, Refusal>> change) => change;

    // Only built-in kinds know the merge keys of their lists.
    private static string[] Accepted(ResourceType type) =>
        type.IsCustom ? [JsonPatchType, MergePatchType, ApplyType] : [JsonPatchType, MergePatchType, StrategicPatchType, ApplyType];
}
