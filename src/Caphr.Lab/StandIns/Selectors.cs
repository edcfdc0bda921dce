using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>Label selectors: whom they mean, and the text of them that kubectl understands.</summary>
internal static class Selectors
{
    /// <summary>An empty selector selects nothing here: everywhere in Cluster API it is a mistake.</summary>
    public static bool Selects(this LabelSelector selector, ObjectMeta metadata)
    {
        var labels = metadata.Labels;
        IReadOnlyDictionary<string, string> wanted = selector.MatchLabels ?? new Dictionary<string, string>();
        IReadOnlyList<LabelRequirement> expressions = selector.MatchExpressions ?? [];
        return wanted.Count + expressions.Count > 0
            && wanted.All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value)
            && expressions.All(expression => Holds(expression, labels));
    }

    public static string Text(this LabelSelector selector) => string.Join(
        ',',
        [
            .. (selector.MatchLabels ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"),
            .. (selector.MatchExpressions ?? []).Select(Text),
        ]);

    private static bool Holds(LabelRequirement expression, IReadOnlyDictionary<string, string> labels) => expression.Operator switch
    {
        LabelOperator.In => labels.TryGetValue(expression.Key, out var value) && expression.Values?.Contains(value) == true,
        LabelOperator.NotIn => !labels.TryGetValue(expression.Key, out var value) || expression.Values?.Contains(value) != true,
        LabelOperator.Exists => labels.ContainsKey(expression.Key),
        LabelOperator.DoesNotExist => !labels.ContainsKey(expression.Key),
    };

    private static string Text(LabelRequirement expression) => expression.Operator switch
    {
        LabelOperator.In => $"{expression.Key} in ({string.Join(',', expression.Values ?? [])})",
        LabelOperator.NotIn => $"{expression.Key} notin ({string.Join(',', expression.Values ?? [])})",
        LabelOperator.Exists => expression.Key,
        LabelOperator.DoesNotExist => $"!{expression.Key}",
    };
}
