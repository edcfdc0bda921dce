using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

/// <summary>What differs between the Talos releases that CAPHR knows.</summary>
internal static class TalosReleases
{
    public static readonly (int Major, int Minor) Oldest = (1, 9);

    public static readonly (int Major, int Minor) Newest = (1, 14);

    public static bool IsAtLeast(this TalosVersion version, int minor) => (version.Major, version.Minor).CompareTo((1, minor)) >= 0;

    public static bool IsKnown(this TalosVersion version) =>
        (version.Major, version.Minor).CompareTo(Oldest) >= 0 && (version.Major, version.Minor).CompareTo(Newest) <= 0;
}
