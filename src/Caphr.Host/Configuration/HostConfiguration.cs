using System.Globalization;
using Caphr.Protocols;

namespace Caphr.Host.Configuration;

/// <summary>What a host was told, with the place of each value. A flag counts before the environment, that before the file, and that before the default.</summary>
internal sealed class HostConfiguration
{
    public const string FileVariable = "CAPHR_CONFIG";

    private readonly IReadOnlyDictionary<Setting, (string Value, string Place)> _said;

    private HostConfiguration(IReadOnlyDictionary<Setting, (string Value, string Place)> said) => _said = said;

    /// <param name="flag">What the command line says of a setting, or null.</param>
    /// <param name="file">What the command line names as the file; null: what the environment names, if it does.</param>
    public static Outcome<HostConfiguration, ConfigurationFailure> Read(Func<Setting, string?> flag, string? file, IReadOnlyDictionary<string, string> environment)
    {
        IReadOnlyDictionary<Setting, (string Value, string Place)> written = new Dictionary<Setting, (string Value, string Place)>();
        if ((file ?? environment.GetValueOrDefault(FileVariable)) is { Length: > 0 } path && !FromFile(path).TryGet(out written!, out var failure)) return failure;

        if (MistypedIn(environment) is { } mistyped) return mistyped;
        var said = new Dictionary<Setting, (string Value, string Place)>();
        foreach (var setting in Settings.All)
        {
            if (flag(setting) is { } given) said[setting] = (given, setting.Flag);
            else if (environment.TryGetValue(setting.Variable, out var variable)) said[setting] = (variable, setting.Variable);
            // As the standard has it, an empty value is none.
            else if (setting.StandardVariable is { } standard && environment.GetValueOrDefault(standard) is { Length: > 0 } agreed) said[setting] = (agreed, standard);
            else if (written.TryGetValue(setting, out var line)) said[setting] = line;
            if (said.TryGetValue(setting, out var found) && setting.Wrong(found.Value) is { } wrong) return new ConfigurationFailure(ConfigurationError.WrongValue, $"{found.Place} {wrong}");
        }

        return new HostConfiguration(said);
    }

    public HostOptions Options(string computer) => new()
    {
        KubeconfigPath = Text(Settings.Kubeconfig),
        Namespace = Text(Settings.Namespace),
        WatchFilter = Text(Settings.WatchFilter),
        DataDirectory = Text(Settings.DataDir)!,
        PostgresFile = Text(Settings.PostgresFile),
        Postgres = Text(Settings.Postgres) is { } secret ? new SecretText(secret) : null,
        ReplicaName = _said.ContainsKey(Settings.ReplicaName) ? Text(Settings.ReplicaName)! : computer,
        Lease = TimeSpan.FromSeconds(Number(Settings.LeaseSeconds)!.Value),
        HealthPort = Number(Settings.HealthPort),
        Socket = SocketPath,
        DiagnosticsPort = Number(Settings.DiagnosticsPort),
        DiagnosticsTls = Text(Settings.DiagnosticsTls),
        LogFormat = Text(Settings.LogFormat) == "json" ? LogFormat.Json : LogFormat.Console,
        RobotUrl = new Uri(Text(Settings.RobotUrl)!),
        RobotReserve = Number(Settings.RobotReserve)!.Value / 100.0,
        RescuePort = Number(Settings.RescuePort)!.Value,
        TalosPort = Number(Settings.TalosPort)!.Value,
        Collector = Text(Settings.OtlpEndpoint) is { } endpoint
            ? new CollectorOptions(new Uri(endpoint), Number(Settings.OtlpPercent)!.Value)
            {
                HeadersFile = Text(Settings.OtlpHeadersFile),
                Headers = Text(Settings.OtlpHeaders) is { } headers ? new SecretText(headers) : null,
            }
            : null,
        Verbose = Text(Settings.Verbose) == "true",
    };

    /// <summary>Where a host that was told the same answers.</summary>
    public string SocketPath => _said.ContainsKey(Settings.Socket) ? Text(Settings.Socket)! : Path.Combine(Text(Settings.DataDir)!, "run", "caphr.sock");

    /// <summary>Every setting with its value and its place, for people. No secret.</summary>
    public IEnumerable<(Setting Setting, string Value, string Place)> Shown => Settings.All.Select(setting => _said.TryGetValue(setting, out var said)
        ? (setting, setting.IsSecret ? "(set, not shown)" : said.Value, said.Place)
        : (setting, setting.Default ?? "", "default"));

    private string? Text(Setting setting) => _said.TryGetValue(setting, out var said) ? said.Value : setting.Default;

    private int? Number(Setting setting) => Text(setting) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;

    private static Outcome<IReadOnlyDictionary<Setting, (string Value, string Place)>, ConfigurationFailure> FromFile(string path)
    {
        try
        {
            return ConfigurationFile.Read(path, File.ReadAllText(path));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new ConfigurationFailure(ConfigurationError.Unreadable, $"The configuration cannot be read: {refused.Message}");
        }
    }

    /// <summary>The environment is shared with others, so only what is nearly one of our names is taken for a mistake.</summary>
    private static ConfigurationFailure? MistypedIn(IReadOnlyDictionary<string, string> environment)
    {
        var known = Settings.All.Select(setting => setting.Variable).Append(FileVariable).ToHashSet(StringComparer.Ordinal);
        return environment.Keys
            .Where(name => name.StartsWith("CAPHR_", StringComparison.Ordinal) && !known.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Meant: known.FirstOrDefault(one => Nearest.Distance(name, one) <= 2)))
            .Where(one => one.Meant is not null)
            .Select(one => new ConfigurationFailure(ConfigurationError.UnknownKey, $"There is no setting {one.Name} in the environment. Is {one.Meant} meant?"))
            .FirstOrDefault();
    }
}
