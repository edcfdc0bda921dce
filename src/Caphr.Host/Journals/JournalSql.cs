namespace Caphr.Host.Journals;

/// <summary>
/// The statements that both databases understand. Each reads in one statement, and so in one view of the database: a snapshot that is saved, or an
/// event that is forgotten, between two statements could leave a gap between what they find.
/// </summary>
internal static class JournalSql
{
    private const string Event = "position, events.persistence_id, events.sequence, events.manifest, events.version, events.at, events.payload";
    private const string Snapshot = "0, persistence_id, sequence, manifest, version, at, payload";

    /// <summary>Of one actor (parameter 1).</summary>
    public static string History(string prefix) =>
        $"""
        SELECT {Event} FROM {prefix}events AS events
        WHERE persistence_id = $1 AND sequence > coalesce((SELECT sequence FROM {prefix}snapshots WHERE persistence_id = $1), 0)
        UNION ALL SELECT {Snapshot} FROM {prefix}snapshots WHERE persistence_id = $1
        ORDER BY 3
        """;

    /// <summary>Of all actors of a shard (parameter 1).</summary>
    public static string Histories(string prefix) =>
        $"""
        SELECT {Event} FROM {prefix}events AS events LEFT JOIN {prefix}snapshots AS snapshots ON snapshots.persistence_id = events.persistence_id
        WHERE events.shard = $1 AND (snapshots.sequence IS NULL OR events.sequence > snapshots.sequence)
        UNION ALL SELECT {Snapshot} FROM {prefix}snapshots WHERE shard = $1
        ORDER BY 2, 3
        """;

    /// <summary>After an offset (parameter 1), so many (parameter 2).</summary>
    public static string After(string prefix) => $"SELECT {Event} FROM {prefix}events AS events WHERE position > $1 ORDER BY position LIMIT $2";

    public static string Claims(string prefix) => $"SELECT shard, epoch, owner FROM {prefix}shards ORDER BY shard";

    /// <summary>Before a time (parameter 1), so many (parameter 2).</summary>
    public static string Trim(string prefix) =>
        $"""
        DELETE FROM {prefix}events WHERE position IN (
          SELECT events.position FROM {prefix}snapshots AS snapshots JOIN {prefix}events AS events ON events.persistence_id = snapshots.persistence_id
          WHERE events.sequence <= snapshots.sequence AND events.at < $1
            AND EXISTS (SELECT 1 FROM {prefix}events AS later WHERE later.persistence_id = events.persistence_id AND later.sequence > events.sequence)
          ORDER BY events.position LIMIT $2)
        """;
}
