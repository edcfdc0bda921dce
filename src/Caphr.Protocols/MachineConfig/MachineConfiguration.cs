using Caphr.Protocols.MachineConfig.Facts;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig;

/// <summary>
/// Adds what CAPHR knows about a server's hardware to the machine configuration somebody else generated, and nothing else. What the
/// configuration says already is kept; placing twice changes nothing.
/// </summary>
public static class MachineConfiguration
{
    public static Outcome<PlacedConfiguration, MachineConfigFailure> Place(string documents, HardwareFacts facts, TalosVersion version) =>
        Place(documents, facts, version, FactPlan.Facts);

    internal static Outcome<PlacedConfiguration, MachineConfigFailure> Place(string documents, HardwareFacts facts, TalosVersion version, IReadOnlyList<IHardwareFact> plan)
    {
        if (!ConfigurationDocuments.Parse(documents).TryGet(out var parsed, out var failure)) return failure;
        if (Preflight.Check(parsed, version) is { } refused) return refused;

        var placements = new List<Placement>();
        foreach (var fact in plan)
        {
            var placing = PlaceOne(fact, parsed, facts, version);
            placements.AddRange(placing.Placements);
            parsed = placing.Documents;
        }

        // Placing must not make of a configuration that Talos takes one that it refuses.
        if (Preflight.Check(parsed, version) is { } spoiled) return spoiled;
        return new PlacedConfiguration(parsed.Text, placements);
    }

    /// <summary>A fact is placed whole or not at all; and only if the next look at the result finds it there.</summary>
    private static Placing PlaceOne(IHardwareFact fact, ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = fact.Place(documents, facts, version);
        if (placing.IsRefused) return new Placing(documents) { Placements = [.. placing.Placements.Where(placement => placement.Result == PlacementResult.Refused)] };

        return fact.Place(placing.Documents, facts, version).Placements.All(placement => placement.Result == PlacementResult.Kept)
            ? placing
            : new Placing(documents).Refuse(fact.Name, "the configuration is written in a way that nothing can be added to safely");
    }
}
