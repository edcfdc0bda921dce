using System.Collections;
using System.CommandLine;
using Caphr.Host.Configuration;
using Caphr.Protocols;

namespace Caphr.Host.Cli;

/// <summary>The flags of <c>caphr run</c>, made from the settings, and what they, the environment and the file come to.</summary>
internal sealed class Surroundings
{
    private readonly Option<string?> _file = new("--config") { Description = $"A file of settings, each `key: value` (docs/configuration.md). Default: what {HostConfiguration.FileVariable} names, if it does." };
    private readonly IReadOnlyDictionary<Setting, Option> _flags = Settings.All.Where(setting => !setting.IsSecret).ToDictionary(setting => setting, FlagOf);

    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        foreach (var flag in _flags.Values) command.Options.Add(flag);
    }

    public Outcome<HostConfiguration, ConfigurationFailure> Read(ParseResult parsed) => HostConfiguration.Read(
        setting => _flags.GetValueOrDefault(setting) switch
        {
            Option<bool?> flag => parsed.GetValue(flag) is { } given ? (given ? "true" : "false") : null,
            Option<string?> flag => parsed.GetValue(flag),
            _ => null,
        },
        parsed.GetValue(_file),
        Environment());

    /// <summary>Without flags: for a verb that looks for the host which was told the same.</summary>
    public static Outcome<HostConfiguration, ConfigurationFailure> Read() => HostConfiguration.Read(_ => null, file: null, Environment());

    private static Option FlagOf(Setting setting)
    {
        var description = $"{setting.Meaning}{(setting.Default is { } value ? $" Default: {value}." : "")} [{setting.Variable}]";
        if (setting.Kind is SettingKind.Switch) return setting == Settings.Verbose ? new Option<bool?>(setting.Flag, "-v") { Description = description } : new Option<bool?>(setting.Flag) { Description = description };
        var flag = new Option<string?>(setting.Flag) { Description = description, HelpName = setting.Kind is SettingKind.Number or SettingKind.Choice ? setting.Shape : null };
        flag.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { } said && setting.Wrong(said) is { } wrong) given.AddError($"{setting.Flag} {wrong}");
        });
        return flag;
    }

    private static Dictionary<string, string> Environment() => System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(one => (string)one.Key, one => (string?)one.Value ?? "");
}
