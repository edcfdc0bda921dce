using Caphr.Protocols.MachineConfig.Facts;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig;

/// <summary>One fact of the plan: where it goes in a release, and why it must be said at all.</summary>
/// <param name="Target">Null where the release has no place for it; then it is refused if it is given.</param>
public sealed record PlannedFact(string Name, string From, string? Target, string Why);

/// <summary>Which facts are placed, and where, for each Talos release.</summary>
public static class FactPlan
{
    internal static IReadOnlyList<IHardwareFact> Facts { get; } =
    [
        new InstallDiskFact(), new BootMirrorFact(), new PublicIpv4Fact(), new PublicIpv6Fact(), new VlanFact(), new NodeAddressFact(),
        new HostnameFact(), new ProviderIdFact(), new ResolversFact(), new TimeServersFact(), new SharedSecretsFact(),
        new EphemeralSizeFact(), new DataVolumesFact(), new NodeLabelsFact(),
    ];

    /// <summary>The releases that CAPHR knows, for people.</summary>
    public static string Range => $"{TalosReleases.Oldest.Major}.{TalosReleases.Oldest.Minor} to {TalosReleases.Newest.Major}.{TalosReleases.Newest.Minor}";

    public static bool Knows(TalosVersion version) => version.IsKnown();

    public static IReadOnlyList<PlannedFact> For(TalosVersion version) =>
        [.. Facts.Select(fact => new PlannedFact(fact.Name, fact.From, fact.Target(version), fact.Why))];
}
