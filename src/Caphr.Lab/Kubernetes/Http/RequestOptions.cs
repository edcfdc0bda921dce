using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>The query parameters (and for a deletion the body) that say how something is to be done.</summary>
internal static class RequestOptions
{
    private static readonly string[] s_propagations = ["Background", "Foreground", "Orphan"];

    public static string? Parameter(this HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    public static bool Flag(this HttpRequest request, string name) => request.Query[name].ToString() is "true" or "1";

    public static Outcome<WriteOptions, Refusal> ForWrite(HttpRequest request)
    {
        var problems = new List<FieldProblem>();
        var asked = request.Parameter("fieldValidation") ?? nameof(FieldValidation.Warn);
        if (!Enum.TryParse<FieldValidation>(asked, out var validation)) problems.Add(FieldProblem.Unsupported("fieldValidation", asked, [.. Enum.GetNames<FieldValidation>()]));
        if (request.Parameter("dryRun") is { } dryRun and not "All") problems.Add(FieldProblem.Unsupported("dryRun", dryRun, ["All"]));
        var applies = RequestBody.MediaType(request) == PatchBody.ApplyType;
        if (applies && request.Parameter("fieldManager") is null) problems.Add(FieldProblem.Required("fieldManager", "is required for apply patch"));
        if (!applies && request.Parameter("force") is not null) problems.Add(FieldProblem.Forbidden("force", "may not be specified for non-apply patch"));
        if (problems.Count > 0) return Refusal.InvalidOptions(KindOf(request.Method), problems);
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
        if (!s_propagations.Contains(propagation))
        {
            return Refusal.InvalidOptions(KindOf("DELETE"), [FieldProblem.Unsupported("propagationPolicy", propagation, [.. s_propagations])]);
        }

        return new DeleteOptions
        {
            Uid = body.TextAt("preconditions", "uid"),
            ResourceVersion = body.TextAt("preconditions", "resourceVersion"),
            Propagation = propagation,
            DryRun = request.Parameter("dryRun") == "All" || body.ItemsAt("dryRun").Any(),
        };
    }

    private static string KindOf(string method) => method switch { "POST" => "CreateOptions", "PUT" => "UpdateOptions", "DELETE" => "DeleteOptions", _ => "PatchOptions" };
}
