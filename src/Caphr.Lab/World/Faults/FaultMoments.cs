using System.Globalization;
using Caphr.Protocols;

namespace Caphr.Lab.World.Faults;

/// <summary>Reads the end of a fault's line, which says when.</summary>
internal static class FaultMoments
{
    public static Outcome<FaultMoment, LabFailure> TakeFrom(List<string> words)
    {
        if (TakeTail(words, "in", 1) is [var wait])
            return TrySpan(wait, out var after) && after >= TimeSpan.Zero ? new FaultMoment.After(after) : new LabFailure($"\"in {wait}\" wants a time such as 90s, 5m or 00:05:00.");
        if (TakeTail(words, "write", 1) is [var done])
            return TryShare(done, out var share) ? new FaultMoment.InWrite(share) : new LabFailure($"\"write {done}\" wants a share such as 40%.");
        if (TakeTail(words, "on", 1) is not [var name]) return new FaultMoment.AtOnce();
        if (Words.Find<Fact>(name) is not { } occasion) return new LabFailure($"\"{name}\" is no occasion. There is: {string.Join(", ", Words.All<Fact>())}.");
        if (TakeTail(words, "chance", 1) is not [var chance]) return new FaultMoment.OnFact(occasion);
        return TryShare(chance, out var probability) ? new FaultMoment.ByChance(probability, occasion) : new LabFailure($"\"chance {chance}\" wants a share such as 5%.");
    }

    /// <summary>The values behind a keyword at the end, which are taken away with it; null when it is not there.</summary>
    public static IReadOnlyList<string>? TakeTail(List<string> words, string keyword, int values)
    {
        var at = words.Count - values - 1;
        if (at < 0 || words[at] != keyword) return null;
        var taken = words.GetRange(at + 1, values);
        words.RemoveRange(at, values + 1);
        return taken;
    }

    /// <summary><c>90s</c>, <c>5m</c>, <c>-2h</c>, or .NET's own form.</summary>
    public static bool TrySpan(string text, out TimeSpan span)
    {
        span = default;
        var number = text.Length > 1 ? text[..^1] : "";
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var many) || Math.Abs(many) > 1e6)
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out span);
        switch (text[^1])
        {
            case 's':
                span = TimeSpan.FromSeconds(many);
                return true;
            case 'm':
                span = TimeSpan.FromMinutes(many);
                return true;
            case 'h':
                span = TimeSpan.FromHours(many);
                return true;
            default:
                return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out span);
        }
    }

    private static bool TryShare(string text, out double share)
    {
        share = 0;
        if (!text.EndsWith('%') || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > 100) return false;
        share = percent / 100;
        return true;
    }
}
