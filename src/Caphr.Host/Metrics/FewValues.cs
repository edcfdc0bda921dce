namespace Caphr.Host.Metrics;

/// <summary>
/// The values of a label that others choose, as long as they are words and few. Whatever else there is shares one value, because each value is a time series
/// that is kept for as long as the process lives.
/// </summary>
internal sealed class FewValues(int most)
{
    public const string Rest = "Other";

    private const int LongestWord = 50;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = [];

    public string Of(string value)
    {
        if (value.Length is 0 or > LongestWord || !value.All(char.IsAsciiLetter)) return Rest;
        lock (_gate) return _known.Contains(value) || (_known.Count < most && _known.Add(value)) ? value : Rest;
    }
}
