using System.Buffers;
using Caphr.Host.Configuration;
using Caphr.Protocols;

namespace Caphr.Host.Telemetry;

/// <summary>
/// What a collector wants to be told with each call, such as a token: <c>name=value</c>, divided by commas or lines, the values percent-encoded as the
/// standard has it. No failure quotes any of it.
/// </summary>
internal static class CollectorHeaders
{
    private static readonly SearchValues<char> s_name = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static Outcome<IReadOnlyList<KeyValuePair<string, string>>, ConfigurationFailure> Read(CollectorOptions options)
    {
        if (options.HeadersFile is not { } file) return Parse(Settings.OtlpHeaders.Key, options.Headers?.Reveal() ?? "");
        try
        {
            return Parse(file, File.ReadAllText(file));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new ConfigurationFailure(ConfigurationError.Unreadable, $"The headers for the collector cannot be read: {refused.Message}");
        }
    }

    private static Outcome<IReadOnlyList<KeyValuePair<string, string>>, ConfigurationFailure> Parse(string place, string text)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (index, pair) in text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Index())
        {
            var sign = pair.IndexOf('=', StringComparison.Ordinal);
            if (sign < 1 || pair[..sign].TrimEnd() is var name && name.AsSpan().ContainsAnyExcept(s_name) || Uri.UnescapeDataString(pair[(sign + 1)..].Trim()) is var value && value.Any(letter => letter is < ' ' or > '~'))
                return new ConfigurationFailure(ConfigurationError.Malformed, $"{place}: header {index + 1} for the collector is not `name=value`.");
            headers.Add(new(name, value));
        }

        return headers;
    }
}
