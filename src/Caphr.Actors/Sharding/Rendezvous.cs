using System.Globalization;
using System.Text.Unicode;

namespace Caphr.Actors.Sharding;

/// <summary>
/// Which member should work a shard: the one with the highest score for it. When a member comes or goes, only the shards it gains or loses move.
/// Replicas of different releases have to agree, so the score never changes.
/// </summary>
public static class Rendezvous
{
    /// <summary>A shard's number, and a name of Kubernetes, which has at most 253 letters.</summary>
    private const int LongestText = 272;

    /// <summary>Null when there is no member.</summary>
    public static string? HomeOf(int shard, IEnumerable<string> members)
    {
        string? best = null;
        var highest = 0UL;
        foreach (var member in members)
        {
            var score = Score(shard, member);
            if (best is not null && (score < highest || (score == highest && string.CompareOrdinal(member, best) > 0))) continue;
            (best, highest) = (member, score);
        }

        return best;
    }

    /// <summary>FNV-1a, and then mixed once more: names that differ in one letter must not be neighbours.</summary>
    private static ulong Score(int shard, string member)
    {
        var hash = 14695981039346656037UL;
        Span<byte> text = stackalloc byte[LongestText];
        if (!Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{shard}/{member}", out var length)) throw new ArgumentException($"{member} is longer than a name may be.", nameof(member));
        foreach (var octet in text[..length]) hash = unchecked((hash ^ octet) * 1099511628211UL);
        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL);
        return hash ^ (hash >> 33);
    }
}
