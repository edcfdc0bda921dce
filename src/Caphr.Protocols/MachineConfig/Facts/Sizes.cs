using System.Text.RegularExpressions;

namespace Caphr.Protocols.MachineConfig.Facts;

internal static partial class Sizes
{
    /// <summary>As Talos reads sizes: bytes, or with a unit such as GiB or GB.</summary>
    public static bool IsSize(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?([kKMGTPE]i?B?)?$")]
    private static partial Regex Pattern();
}
