using System.Globalization;
using Caphr.Protocols;

namespace Caphr.Host.Configuration;

/// <summary>
/// A file of settings: on each line <c>key: value</c>, a comment behind <c>#</c>, or nothing. That is YAML without its nesting, so a ConfigMap shows it as it is;
/// a value may stand in quotes, in which nothing is escaped.
/// </summary>
internal static class ConfigurationFile
{
    public static Outcome<IReadOnlyDictionary<Setting, (string Value, string Place)>, ConfigurationFailure> Read(string name, string text)
    {
        var known = Settings.All.Where(setting => !setting.IsSecret).ToDictionary(setting => setting.Key, StringComparer.Ordinal);
        var said = new Dictionary<Setting, (string Value, string Place)>();
        foreach (var (index, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}:{index + 1}");
            var content = line.Trim();
            if (content.Length == 0 || content.StartsWith('#') || content == "---") continue;
            // A line that cannot be read is not quoted: somebody may have tried to put a password there.
            if (line[0] is ' ' or '\t' || content.IndexOf(':', StringComparison.Ordinal) is var colon && (colon < 1 || (colon + 1 < content.Length && content[colon + 1] != ' ')))
                return new ConfigurationFailure(ConfigurationError.Malformed, $"{place}: a line is `key: value`, and nothing is nested.");

            var key = content[..colon].TrimEnd();
            if (Settings.All.FirstOrDefault(setting => setting.IsSecret && setting.Key == key) is { } secret)
                return new ConfigurationFailure(ConfigurationError.UnknownKey, $"{place}: a secret does not belong here. Name a file with {secret.FileKey}, or set {secret.Variable}.");
            if (!known.TryGetValue(key, out var setting)) return new ConfigurationFailure(ConfigurationError.UnknownKey, $"{place}: there is no setting '{key}'{Meant(Nearest.To(key, known.Keys))}");
            if (said.TryGetValue(setting, out var before)) return new ConfigurationFailure(ConfigurationError.Malformed, $"{place}: {key} was said at {before.Place} already.");
            if (ValueOf(content[(colon + 1)..].Trim()) is not { } value) return new ConfigurationFailure(ConfigurationError.Malformed, $"{place}: the quotes around the value of {key} do not end.");
            if (setting.Wrong(value) is { } wrong) return new ConfigurationFailure(ConfigurationError.WrongValue, $"{place}: {key} {wrong}");
            said.Add(setting, (value, place));
        }

        return said;
    }

    internal static string Meant(string? nearest) => nearest is null ? "; docs/configuration.md lists all." : $". Is {nearest} meant?";

    private static string? ValueOf(string written)
    {
        if (written.Length > 0 && written[0] is '"' or '\'')
        {
            var end = written.IndexOf(written[0], 1);
            return end > 0 && (end + 1 == written.Length || written[(end + 1)..].TrimStart().StartsWith('#')) ? written[1..end] : null;
        }

        var comment = written.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? written : written[..comment].TrimEnd();
    }
}
