using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>The query parameters (and for a deletion the body) that say how something is to be done.</summary>
internal static class RequestOptions
{
    public static string? Parameter(this HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    public static bool Flag(this HttpRequest request, string name) => request.Query[name].ToString() is "true" or "1";

    public static Outcome<WriteOptions, Refusal> ForWrite(HttpRequest request)
    {
        if (!Enum.TryParse<FieldValidation>(request.Parameter("fieldValidation") ?? nameof(FieldValidation.Warn), out var validation))
        {
            return Refusal.BadRequest($"fieldValidation \"{request.Parameter("fieldValidation")}\" is not one of Ignore, Warn, Strict");
        }

        if (request.Parameter("dryRun") is not (null or "All")) return Refusal.BadRequest("dryRun: Unsupported value: supported values: \"All\"");
        return new WriteOptions
        {
            DryRun = request.Parameter("dryRun") is not null,
            FieldValidation = validation,
            FieldManager = request.Parameter("fieldManager") ?? request.Headers.UserAgent.ToString().Split('/')[0] switch { "" => "unknown", var agent => agent },
            Force = request.Flag("force"),
        };
    }

    public static async Task<Outcome<DeleteOptions, Refusal>> ForDeleteAsync(HttpRequest request)
    {
        JsonNode? body = null;
        if (request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            if (!(await RequestBody.ReadObjectAsync(request)).TryGet(out var read, out var refusal)) return refusal;
            body = read;
        }

        var propagation = body.TextAt("propagationPolicy") ?? request.Parameter("propagationPolicy") ?? "Background";
        if (body.FlagAt("orphanDependents") || request.Flag("orphanDependents")) propagation = "Orphan";
        if (propagation is not ("Background" or "Foreground" or "Orphan")) return Refusal.BadRequest($"invalid propagationPolicy: {propagation}");
        return new DeleteOptions
        {
            Uid = body.TextAt("preconditions", "uid"),
            ResourceVersion = body.TextAt("preconditions", "resourceVersion"),
            Propagation = propagation,
            DryRun = request.Parameter("dryRun") == "All" || body.ItemsAt("dryRun").Any(),
        };
    }
}
