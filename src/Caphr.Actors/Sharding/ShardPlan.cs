using Caphr.Actors.Journal;

namespace Caphr.Actors.Sharding;

/// <summary>What a member does about a shard.</summary>
public abstract record ShardStep(int Shard)
{
    /// <summary>Nobody works it and it should be ours: begin an epoch of our own.</summary>
    public sealed record Take(int Shard, long Epoch) : ShardStep(Shard);

    /// <summary>It is ours and should be another's: stop working it, then say so.</summary>
    public sealed record HandOver(int Shard, long Epoch) : ShardStep(Shard);

    /// <summary>It was ours, and the database says that it is another's.</summary>
    public sealed record GiveUp(int Shard) : ShardStep(Shard);
}

/// <summary>Who takes and who leaves which shard. Pure; every member decides alike from the same view, and the claim itself decides when views differ.</summary>
public static class ShardPlan
{
    /// <param name="homes">Where the shards should be worked.</param>
    /// <param name="alive">The members whose shards may not be taken.</param>
    /// <param name="held">The shards this member works, with the epochs of its claims.</param>
    public static IReadOnlyList<ShardStep> Make(
        string me, Placement homes, IReadOnlySet<string> alive, IReadOnlyList<ShardClaim> claims, IReadOnlyDictionary<int, long> held) =>
        [.. claims.Select(claim => Step(me, homes.HomeOf(claim.Shard), alive, claim, held)).OfType<ShardStep>()];

    /// <summary>A shard whose home does not work it is on its way.</summary>
    public static bool IsSettled(Placement homes, IReadOnlyList<ShardClaim> claims) =>
        claims.All(claim => claim.Owner == homes.HomeOf(claim.Shard));

    private static ShardStep? Step(string me, string? home, IReadOnlySet<string> alive, ShardClaim claim, IReadOnlyDictionary<int, long> held)
    {
        if (held.TryGetValue(claim.Shard, out var epoch))
        {
            // Even where the epoch is a lower one: then the database has gone back to an earlier day, and nothing that we append counts.
            if (claim.Owner != me || claim.Epoch != epoch) return new ShardStep.GiveUp(claim.Shard);
            return home == me ? null : new ShardStep.HandOver(claim.Shard, epoch);
        }

        // Ours by the row and not by what we do: a claim whose answer was lost, or one of before our standing ran out.
        if (claim.Owner == me && home != me) return new ShardStep.HandOver(claim.Shard, claim.Epoch);
        var isFree = claim.Owner is null || claim.Owner == me || !alive.Contains(claim.Owner);
        return isFree && home == me ? new ShardStep.Take(claim.Shard, claim.Epoch + 1) : null;
    }
}
