using Caphr.Protocols.MachineConfig;

namespace Caphr.Host.Cli;

/// <summary>What became of a configuration, for people: what changed, and each fact with its reason. Secrets are masked.</summary>
internal static class PlacementReport
{
    public static string Of(string before, PlacedConfiguration placed)
    {
        var diff = LineDiff.Between(SecretMask.Apply(before), SecretMask.Apply(placed.Documents));
        var table = placed.Placements.Select(placement => $"# {(placement.Result == PlacementResult.Placed ? "placed" : "kept  ")} {placement.Key}{Said(placement)} ({placement.Reason})\n");
        return $"# What changed\n{(diff.Length == 0 ? "# nothing\n" : diff)}\n# Facts\n{string.Concat(table)}";
    }

    private static string Said(Placement placement) => placement.Value.Length == 0 ? "" : $" = {placement.Value}";
}
