using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Caphr.Actors.Journal;
using Caphr.Host.Journals;
using Caphr.Protocols;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// Writes the events of a file into an empty journal, in their order, under claims of its own: whoever should be working with that journal meanwhile is
/// fenced. A second import finds a journal that is not empty, and is refused.
/// </summary>
internal static class JournalImport
{
    private const string Owner = "journal import";
    private const int BatchLimit = 500;

    public static async Task<Outcome<Done, DiagnosticsFailure>> RunAsync(JournalStore journal, IReadOnlyList<StoredEvent> events, IProgress<long> progress, CancellationToken cancellation)
    {
        var present = await journal.Events.ReadAllAsync(afterOffset: 0, limit: 1, cancellation);
        if (present.WhyUnavailable is { } unread) return Unavailable(unread);
        if (present.Value.Count > 0) return new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"The journal in {journal.Place} holds events already: a journal is imported into an empty one only.");
        if (!(await ClaimAsync(journal, events, cancellation)).TryGet(out var epochs, out var failure)) return failure;

        long written = 0;
        foreach (var batch in Batches(events))
        {
            var first = batch[0];
            var appended = await journal.Events.AppendAsync(
                new JournalAppend(first.Actor, first.Sequence - 1, epochs[Shards.Of(first.Actor)], WriteId(first), [.. batch.Select(one => new JournalEntry(one.Manifest, one.Version, one.Payload, one.At))]),
                cancellation);
            if (appended.Result is not AppendResult.Appended)
                return Unavailable(string.Create(CultureInfo.InvariantCulture, $"{appended.Detail} {written} of {events.Count} events were written: begin again with an empty journal."));
            written += batch.Count;
            progress.Report(written);
        }

        foreach (var (shard, epoch) in epochs) await journal.Claims.ReleaseAsync(shard, epoch, cancellation);
        return default(Done);
    }

    private static async Task<Outcome<IReadOnlyDictionary<int, long>, DiagnosticsFailure>> ClaimAsync(JournalStore journal, IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var read = await journal.Claims.ReadClaimsAsync(cancellation);
        if (read.WhyUnavailable is { } unread) return Unavailable(unread);
        if (read.Value.FirstOrDefault(claim => claim.Owner is not (null or Owner)) is { Owner: { } worker })
            return new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"Replica {worker} works with the journal in {journal.Place}: stop all hosts before a journal is imported.");

        var epochs = new Dictionary<int, long>();
        foreach (var shard in events.Select(one => Shards.Of(one.Actor)).Distinct().Order())
        {
            var claimed = await journal.Claims.ClaimAsync(new ShardClaim(shard, read.Value[shard].Epoch + 1, Owner), cancellation);
            if (claimed.Result is not ClaimResult.Done) return Unavailable(claimed.Detail.Length > 0 ? claimed.Detail : string.Create(CultureInfo.InvariantCulture, $"Somebody else has claimed shard {shard}."));
            epochs[shard] = claimed.Epoch;
        }

        return epochs;
    }

    /// <summary>Neighbours of the same actor go together. The order among actors stays as it was.</summary>
    private static IEnumerable<IReadOnlyList<StoredEvent>> Batches(IReadOnlyList<StoredEvent> events)
    {
        var batch = new List<StoredEvent>();
        foreach (var stored in events)
        {
            if (batch.Count > 0 && (batch[0].Actor != stored.Actor || batch.Count >= BatchLimit))
            {
                yield return batch;
                batch = [];
            }

            batch.Add(stored);
        }

        if (batch.Count > 0) yield return batch;
    }

    /// <summary>The same for the same event, and for no other.</summary>
    private static Guid WriteId(StoredEvent first) => new(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Owner} {first.Actor} {first.Sequence}"))).AsSpan(0, 16));

    private static DiagnosticsFailure Unavailable(string why) => new(DiagnosticsError.Unavailable, $"The journal was not imported: {why}");
}
