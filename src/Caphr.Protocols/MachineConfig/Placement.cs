namespace Caphr.Protocols.MachineConfig;

public enum PlacementResult
{
    /// <summary>The fact was written into the configuration.</summary>
    Placed,

    /// <summary>The configuration says something there already; it stays, whether it agrees with the fact or not.</summary>
    Kept,

    /// <summary>The configuration has a shape there that a fact cannot be added to, or this Talos release has no place for it.</summary>
    Refused,
}

/// <summary>What became of one fact. <paramref name="Value"/> is what the configuration says now, and masked where that is a secret.</summary>
public sealed record Placement(string Key, PlacementResult Result, string Value, string Reason);

/// <summary>A configuration with the facts in it. Holds secrets, so it does not print itself.</summary>
public sealed record PlacedConfiguration(string Documents, IReadOnlyList<Placement> Placements)
{
    public Placement? FirstRefusal => Placements.FirstOrDefault(placement => placement.Result == PlacementResult.Refused);

    public IEnumerable<Placement> Kept => Placements.Where(placement => placement.Result == PlacementResult.Kept);

    public override string ToString() => $"a machine configuration with {string.Join(", ", Placements.Select(fact => $"{fact.Key} {fact.Result}"))}";
}
