using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>The <c>labelSelector</c> parameter: equality and set requirements, all of which must hold.</summary>
internal sealed class LabelSelector
{
    public static readonly LabelSelector Everything = new([]);

    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        Exists,
        Missing,
        In,
        NotIn,
    }

    public static Outcome<LabelSelector, Refusal> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        var requirements = new List<Requirement>();
        foreach (var part in SplitOutsideParentheses(text))
        {
            if (Read(part.Trim()) is not { } requirement) return Refusal.BadRequest($"unable to parse requirement: '{part}' in the label selector '{text}'");
            requirements.Add(requirement);
        }

        return new LabelSelector(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.All(requirement => requirement.Matches(labels));

    private static Requirement? Read(string part)
    {
        if (part.IndexOf('(', StringComparison.Ordinal) is var open and > 0 && part.EndsWith(')'))
        {
            var head = part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = part[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            return head switch
            {
                [var key, "in"] => new Requirement(key, Operator.In, values),
                [var key, "notin"] => new Requirement(key, Operator.NotIn, values),
                _ => null,
            };
        }

        foreach (var (sign, meaning) in new[] { ("!=", Operator.NotIn), ("==", Operator.In), ("=", Operator.In) })
        {
            if (part.IndexOf(sign, StringComparison.Ordinal) is var at and > 0)
            {
                return new Requirement(part[..at].Trim(), meaning, [part[(at + sign.Length)..].Trim()]);
            }
        }

        if (part.StartsWith('!')) return new Requirement(part[1..].Trim(), Operator.Missing, []);
        return part.Length > 0 && !part.Any(char.IsWhiteSpace) ? new Requirement(part, Operator.Exists, []) : null;
    }

    private static IEnumerable<string> SplitOutsideParentheses(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            else if (text[i] == ')') depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private sealed record Requirement(string Key, Operator Operator, IReadOnlyList<string> Values)
    {
        public bool Matches(IReadOnlyDictionary<string, string> labels)
        {
            var present = labels.TryGetValue(Key, out var value);
            return Operator switch
            {
                Operator.Exists => present,
                Operator.Missing => !present,
                Operator.In => present && Values.Contains(value),
                // As in Kubernetes, an object without the label is "not in" every set.
                Operator.NotIn => !present || !Values.Contains(value),
            };
        }
    }
}
