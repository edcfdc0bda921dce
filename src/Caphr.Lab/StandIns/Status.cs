using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>Status as a whole: written when it differs, with transition times that move only when something turned.</summary>
internal static class Status
{
    /// <returns>Null when there is nothing to say that is not there already.</returns>
    public static Write? Become<T, TStatus>(T seen, TStatus present, TStatus wanted)
        where T : KubernetesObject, IKubernetesResource
    {
        // Of one type, so its members come in one order.
        var body = JsonSerializer.SerializeToUtf8Bytes(wanted, KubernetesJson.Options);
        return body.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(present, KubernetesJson.Options))
            ? null
            : new Write.Change<T>(seen, new JsonObject { ["status"] = JsonNode.Parse(body) }, ToStatus: true);
    }

    public static IReadOnlyList<Condition> With(this IReadOnlyList<Condition> present, string type, bool? holds, string reason, string message, DateTimeOffset now)
    {
        var status = holds switch { true => "True", false => "False", null => "Unknown" };
        var before = present.FirstOrDefault(condition => condition.Type == type);
        var after = new Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now,
        };
        // In its place: several keep their conditions in one list, and would otherwise change its order for ever.
        return before is null ? [.. present, after] : [.. present.Select(condition => condition.Type == type ? after : condition)];
    }

    /// <summary>What the infrastructure says of itself, under the name core gives it.</summary>
    public static IReadOnlyList<Condition> WithInfrastructure(this IReadOnlyList<Condition> present, IReadOnlyList<Condition>? infrastructure, DateTimeOffset now)
    {
        var ready = infrastructure?.FirstOrDefault(condition => condition.Type == "Ready");
        return ready is null
            ? present.With("InfrastructureReady", holds: null, "NotYetReported", "", now)
            : present.With("InfrastructureReady", ready.Status switch { "True" => true, "False" => false, _ => null }, ready.Reason, ready.Message, now);
    }
}
