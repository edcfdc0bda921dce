using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Caphr.Protocols;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// A journal as text: a head, an event on each line in the order of the journal, and an end that counts them. Each line begins with a checksum over itself
/// and the checksum of the line before, so one that is damaged, missing, moved or repeated is found, and is named.
/// </summary>
internal static class JournalFile
{
    private const int SumLetters = 32;
    private const string Format = "caphr-journal";
    private const int Version = 1;

    /// <summary>Lines to write, each of which ends where the next begins.</summary>
    public sealed class Writer(string journal)
    {
        private string _sum = "";
        private long _events;

        public string Head() => Line(new Edge(Format, Version, journal, Events: null));

        public string Event(StoredEvent stored)
        {
            _events++;
            return Line(stored);
        }

        public string End() => Line(new Edge(Format, Version, journal, _events));

        private string Line<T>(T content)
        {
            var text = JsonSerializer.Serialize(content, DiagnosticsRoutes.Json);
            _sum = Sum(_sum, text);
            return $"{_sum} {text}";
        }
    }

    /// <returns>The events of a whole and undamaged file.</returns>
    public static Outcome<IReadOnlyList<StoredEvent>, DiagnosticsFailure> Read(string name, IEnumerable<string> lines)
    {
        var events = new List<StoredEvent>();
        var lastOf = new Dictionary<string, long>(StringComparer.Ordinal);
        var (sum, number, ended) = ("", 0, false);
        foreach (var line in lines)
        {
            number++;
            if (ended) return Damaged(name, number, "stands behind the end");
            var text = line.Length > SumLetters ? line[(SumLetters + 1)..] : "";
            sum = Sum(sum, text);
            if (!line.StartsWith($"{sum} ", StringComparison.Ordinal)) return Damaged(name, number, number == 1 ? "is not the beginning of a journal" : "was changed, or does not follow on the line before");
            if (number == 1 || text.StartsWith($$"""{"format":"{{Format}}""", StringComparison.Ordinal))
            {
                var edge = As<Edge>(text);
                if (edge is not { Format: Format, Version: Version }) return Damaged(name, number, "is of a format that this release does not know");
                if (edge.Events is not { } count) continue;
                if (count != events.Count) return Damaged(name, number, "counts other events than there are");
                ended = true;
                continue;
            }

            if (As<StoredEvent>(text) is not { Actor: not null, Manifest: not null, Payload: not null } stored) return Damaged(name, number, "is no event");
            if (stored.Sequence != lastOf.GetValueOrDefault(stored.Actor) + 1)
                return Damaged(name, number, string.Create(CultureInfo.InvariantCulture, $"is event {stored.Sequence} of {stored.Actor}, of which {lastOf.GetValueOrDefault(stored.Actor)} are here before it"));
            lastOf[stored.Actor] = stored.Sequence;
            events.Add(stored);
        }

        return ended ? events : new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"{name} has no end: it was cut off behind line {number.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>A checksum is no signature: what it fits may still be anything.</summary>
    private static T? As<T>(string text)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, DiagnosticsRoutes.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Sum(string before, string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{before}\n{text}")))[..SumLetters];

    private static DiagnosticsFailure Damaged(string name, int line, string what) =>
        new(DiagnosticsError.Misunderstood, string.Create(CultureInfo.InvariantCulture, $"{name}:{line} {what}. Nothing was imported."));

    /// <param name="Events">At the end only: how many there are.</param>
    private sealed record Edge(string Format, int Version, string Journal, long? Events);
}
