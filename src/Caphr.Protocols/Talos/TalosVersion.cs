using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Caphr.Protocols.Talos.Rules;

namespace Caphr.Protocols.Talos;

/// <summary>A Talos release. What follows the patch number (<c>-rc.1</c>) is kept and compared by nobody.</summary>
public readonly record struct TalosVersion(int Major, int Minor, int Patch, string Suffix = "")
{
    /// <summary>Which API it speaks. A pre-release speaks that of its release.</summary>
    public TalosGeneration Generation => (Major, Minor).CompareTo((1, 13)) switch
    {
        < 0 => TalosGeneration.UpTo112,
        0 => TalosGeneration.V113,
        > 0 => TalosGeneration.From114,
    };

    /// <summary>From 1.12 on the network is described by documents of its own, and generated configurations have several documents.</summary>
    public bool HasNetworkDocuments => (Major, Minor).CompareTo((1, 12)) >= 0;

    public static TalosVersion Parse(string text) =>
        TryParse(text, out var version) ? version : throw new FormatException($"'{text}' is no Talos version.");

    public static bool TryParse([NotNullWhen(true)] string? text, out TalosVersion version)
    {
        version = default;
        if (string.IsNullOrEmpty(text)) return false;

        var digits = text[0] == 'v' ? text.AsSpan(1) : text.AsSpan();
        var suffixAt = digits.IndexOfAny('-', '+');
        var suffix = suffixAt < 0 ? "" : digits[suffixAt..].ToString();
        if (suffixAt >= 0) digits = digits[..suffixAt];

        Span<Range> parts = stackalloc Range[4];
        var count = digits.Split(parts, '.');
        var patch = 0;
        if (count is not (2 or 3)
            || !Number(digits[parts[0]], out var major)
            || !Number(digits[parts[1]], out var minor)
            || (count == 3 && !Number(digits[parts[2]], out patch))) return false;

        version = new TalosVersion(major, minor, patch, suffix);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"v{Major}.{Minor}.{Patch}{Suffix}");

    private static bool Number(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
