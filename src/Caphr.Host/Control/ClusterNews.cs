using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Host.Control;

/// <summary>What of a cluster's conditions is an Event as well, when it turns: that work has stopped, and that it goes on.</summary>
internal static class ClusterNews
{
    public static EventText? Between(IReadOnlyList<Condition> before, IReadOnlyList<Condition> after) => (Stopped(before), Stopped(after)) switch
    {
        (null, { } stopped) => new EventText(stopped.Reason, stopped.Message, Warning: true),
        ({ }, null) => new EventText("WorkAllowed", "Fewer servers of the cluster have failed now: what is new is begun again."),
        _ => null,
    };

    private static Condition? Stopped(IReadOnlyList<Condition> conditions) => conditions.FirstOrDefault(condition => condition is { Type: "WorkAllowed", Status: "False" });
}
