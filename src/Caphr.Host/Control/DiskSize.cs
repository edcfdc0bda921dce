using System.Globalization;

namespace Caphr.Host.Control;

/// <summary>Sizes as Talos takes them: <c>100GiB</c>, <c>1.5TB</c>, a bare number of bytes.</summary>
internal static class DiskSize
{
    private const string Prefixes = "KMGTPE";
    private const int Decimal = 1000;
    private const int Binary = 1024;

    /// <returns>Null for what is empty or no size.</returns>
    public static long? BytesIn(string? size)
    {
        if (string.IsNullOrEmpty(size)) return null;
        var unit = size.AsSpan().TrimStart("0123456789.");
        if (!decimal.TryParse(size.AsSpan(0, size.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
        unit = unit.TrimEnd('B');
        if (unit.IsEmpty) return Whole(value);
        var power = Prefixes.IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal) + 1;
        if (power == 0 || unit[1..] is not ("" or "i")) return null;
        for (var i = 0; i < power; i++) value *= unit.Length > 1 ? Binary : Decimal;
        return Whole(value);
    }

    private static long? Whole(decimal value) => value < long.MaxValue ? (long)value : null;
}
