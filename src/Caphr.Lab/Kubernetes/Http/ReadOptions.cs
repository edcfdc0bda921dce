using System.Globalization;
using Caphr.Lab.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>What may be asked together of a list or a watch. Kubernetes refuses the rest before it looks at anything.</summary>
internal static class ReadOptions
{
    private const string Match = "resourceVersionMatch";
    private const string NotOlderThan = "NotOlderThan";
    private const string Exact = "Exact";

    /// <summary>Null when there is nothing wrong.</summary>
    public static Refusal? Check(HttpRequest request)
    {
        var problems = request.Flag("watch") ? OfWatch(request) : OfList(request);
        return problems.ToList() is { Count: > 0 } found ? Refusal.InvalidOptions("ListOptions", found) : Version(request);
    }

    private static IEnumerable<FieldProblem> OfList(HttpRequest request)
    {
        if (request.Parameter("sendInitialEvents") is not null) yield return FieldProblem.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        if (request.Parameter(Match) is not { } match) yield break;
        var version = request.Parameter("resourceVersion");
        if (version is null) yield return FieldProblem.Forbidden(Match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (request.Parameter("continue") is not null) yield return FieldProblem.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
        if (match is not (Exact or NotOlderThan)) yield return FieldProblem.Unsupported(Match, match, [Exact, NotOlderThan, ""]);
        if (match == Exact && version == "0") yield return FieldProblem.Forbidden(Match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }

    private static IEnumerable<FieldProblem> OfWatch(HttpRequest request)
    {
        var match = request.Parameter(Match);
        var initial = request.Parameter("sendInitialEvents") is not null;
        if (initial && match != NotOlderThan) yield return FieldProblem.Forbidden(Match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        if (match is null) yield break;
        if (!initial) yield return FieldProblem.Forbidden(Match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (match != NotOlderThan) yield return FieldProblem.Unsupported(Match, match, [NotOlderThan]);
    }

    private static Refusal? Version(HttpRequest request) =>
        request.Parameter("resourceVersion") is { } version && !long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? Refusal.InvalidOptions("ListOptions", [FieldProblem.Invalid("resourceVersion", version, "must be a number")])
            : null;
}
