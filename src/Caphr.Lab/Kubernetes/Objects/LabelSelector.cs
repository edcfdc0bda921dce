using System.Globalization;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>The <c>labelSelector</c> parameter: equality and set requirements, all of which must hold.</summary>
internal sealed class LabelSelector
{
    public static readonly LabelSelector Everything = new([]);

    private static readonly (string Sign, Operator Meaning)[] s_signs =
        [("!=", Operator.NotIn), ("==", Operator.In), ("=", Operator.In), (">", Operator.Above), ("<", Operator.Below)];

    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        Exists,
        Missing,
        In,
        NotIn,
        Above,
        Below,
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
                [var key, "in"] => Of(key, Operator.In, values),
                [var key, "notin"] => Of(key, Operator.NotIn, values),
                _ => null,
            };
        }

        foreach (var (sign, meaning) in s_signs)
        {
            if (part.IndexOf(sign, StringComparison.Ordinal) is not (> 0 and var at)) continue;
            var value = part[(at + sign.Length)..].Trim();
            if (meaning is Operator.Above or Operator.Below && Number(value) is null) return null;
            return Of(part[..at], meaning, [value]);
        }

        return part.StartsWith('!') ? Of(part[1..], Operator.Missing, []) : Of(part, Operator.Exists, []);
    }

    private static Requirement? Of(string key, Operator meaning, IReadOnlyList<string> values) =>
        ObjectNames.IsQualified(key.Trim()) ? new Requirement(key.Trim(), meaning, values) : null;

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

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
                Operator.Above => Number(value) > Number(Values[0]),
                Operator.Below => Number(value) < Number(Values[0]),
            };
        }
    }
}
