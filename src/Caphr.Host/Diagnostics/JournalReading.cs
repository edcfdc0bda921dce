using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Host.Journals;
using Caphr.Protocols;

namespace Caphr.Host.Diagnostics;

/// <summary>What diagnostics read of the journal, with its trouble as an answer.</summary>
internal sealed class JournalReading(JournalStore journal)
{
    public const int PageLimit = 2000;

    public async Task<Outcome<IReadOnlyList<ShardClaim>, DiagnosticsFailure>> ClaimsAsync(CancellationToken cancellation) =>
        Read(await journal.Claims.ReadClaimsAsync(cancellation));

    public async Task<Outcome<IReadOnlyList<(long Sequence, ServerEvent Event)>, DiagnosticsFailure>> StoryAsync(ServerNumber number, CancellationToken cancellation)
    {
        if (!Read(await journal.Events.ReadAsync(ServerActor.IdOf(number), cancellation)).TryGet(out var history, out var failure)) return failure;
        try
        {
            return Outcome<IReadOnlyList<(long, ServerEvent)>, DiagnosticsFailure>.Of([.. history.Events.Select(record => (record.Sequence, ServerEvents.Codec.Decode(record.Entry)))]);
        }
        catch (UndecodableEventException unread)
        {
            return new DiagnosticsFailure(DiagnosticsError.Unavailable, unread.Message);
        }
    }

    public async Task<Outcome<JournalPage, DiagnosticsFailure>> PageAsync(long after, CancellationToken cancellation)
    {
        if (!Read(await journal.Events.ReadAllAsync(after, PageLimit, cancellation)).TryGet(out var records, out var failure)) return failure;
        return new JournalPage(
            journal.Id,
            records.Count == 0 ? after : records[^1].Offset,
            [.. records.Select(record => new StoredEvent(record.Offset, record.PersistenceId, record.Sequence, record.Entry.Manifest, record.Entry.Version, record.Entry.At, record.Entry.Payload))]);
    }

    public async Task<Outcome<JournalAnswer, DiagnosticsFailure>> StatAsync(CancellationToken cancellation)
    {
        var actors = new HashSet<string>(StringComparer.Ordinal);
        var (events, last) = (0L, 0L);
        DateTimeOffset? first = null, newest = null;
        while (true)
        {
            if (!(await PageAsync(last, cancellation)).TryGet(out var page, out var failure)) return failure;
            if (page.Events.Count == 0) return new JournalAnswer(journal.Id, journal.Place, events, actors.Count, last, first, newest);
            first ??= page.Events[0].At;
            newest = page.Events[^1].At;
            events += page.Events.Count;
            last = page.LastOffset;
            actors.UnionWith(page.Events.Select(one => one.Actor));
        }
    }

    private static Outcome<T, DiagnosticsFailure> Read<T>(ReadOutcome<T> read)
        where T : notnull => read.WhyUnavailable is { } why
            ? new DiagnosticsFailure(DiagnosticsError.Unavailable, $"The journal cannot be read: {why}")
            : Outcome<T, DiagnosticsFailure>.Of(read.Value);
}
