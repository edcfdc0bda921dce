using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Host.Control;

/// <summary>
/// The conditions we keep on one object. Those of other managers stay as they are; a condition's time moves only with its status, and
/// nothing in a message moves by itself, so a settled object is never written again.
/// </summary>
internal sealed class ConditionSet(IReadOnlyList<Condition> present, long? generation, DateTimeOffset now)
{
    private readonly List<Condition> _conditions = [.. present];

    public IReadOnlyList<Condition> All => _conditions;

    public ConditionSet Set(string type, bool holds, string reason, string message = "") => Set(type, holds ? "True" : "False", reason, message);

    public ConditionSet Set(string type, string status, string reason, string message)
    {
        var index = _conditions.FindIndex(condition => condition.Type == type);
        var before = index < 0 ? null : _conditions[index];
        var after = new Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now,
        };
        if (index < 0) _conditions.Add(after);
        else _conditions[index] = after;
        return this;
    }
}
