namespace Caphr.Actors.Journal;

/// <summary>
/// Who works which shard, kept in the same database as the journal and changed in the same order as its appends.
/// <para>Each shard has an epoch, 0 at first and only rising; every claim begins a new one. Once <see cref="ClaimAsync"/> has answered, no append
/// under an earlier epoch succeeds any more, not even one that is already on its way.</para>
/// <para>Trouble of the storage is an outcome, as in <see cref="IJournal"/>; a claim without an answer may have been made.</para>
/// </summary>
public interface IShardClaims
{
    /// <summary>All shards, in their order; those never claimed are in epoch 0 and nobody's.</summary>
    Task<ReadOutcome<IReadOnlyList<ShardClaim>>> ReadClaimsAsync(CancellationToken cancellation);

    /// <summary>Begins an epoch in which the shard is this owner's. Refused when the shard is already in this epoch or a later one.</summary>
    Task<ClaimOutcome> ClaimAsync(ShardClaim claim, CancellationToken cancellation);

    /// <summary>Leaves the shard to nobody. Refused when its epoch is another one by now: then it is somebody else's already.</summary>
    Task<ClaimOutcome> ReleaseAsync(int shard, long epoch, CancellationToken cancellation);
}

/// <param name="Owner">The process that works the shard, or null when nobody does.</param>
public sealed record ShardClaim(int Shard, long Epoch, string? Owner);

public enum ClaimResult
{
    Done,

    /// <summary>The shard has reached another epoch: somebody else was faster.</summary>
    Refused,
    Unavailable,
}

/// <param name="Epoch">The epoch the shard is in; 0 when the journal is unavailable.</param>
/// <param name="Detail">One sentence for a person when the journal is unavailable.</param>
public sealed record ClaimOutcome(ClaimResult Result, long Epoch, string Detail = "")
{
    public static ClaimOutcome Unavailable(string detail) => new(ClaimResult.Unavailable, Epoch: 0, detail);
}
