namespace Caphr.Host.Configuration;

/// <summary>All that a host can be told.</summary>
internal static class Settings
{
    public static readonly Setting Kubeconfig = new("kubeconfig", SettingKind.Path, Default: null, "How to reach the management cluster. Inside it, leave this out: the service account is used.");

    public static readonly Setting Namespace = new("namespace", SettingKind.Text, Default: null, "Watch one namespace only. Left out: all.");

    public static readonly Setting WatchFilter = new(
        "watch-filter", SettingKind.Label, Default: null, "Look only at clusters, machines and hosts of ours that have the label cluster.x-k8s.io/watch-filter with this value. Left out: at all of them.");

    public static readonly Setting DataDir = new("data-dir", SettingKind.Path, "/var/lib/caphr", "Where the journal is kept, unless it is in PostgreSQL. Must survive restarts.");

    public static readonly Setting PostgresFile = new(
        "postgres-file", SettingKind.Path, Default: null, "A file with the connection string of a PostgreSQL database for the journal, such as a mounted Secret. Needed for more than one replica.");

    public static readonly Setting Postgres = new("postgres", SettingKind.Secret, Default: null, "That connection string itself. A file is better: the environment of a process is read by more tools than a file is.");

    public static readonly Setting RobotUrl = new("robot-url", SettingKind.Url, HostOptions.DefaultRobotUrl.OriginalString, "The Robot web service.");

    public static readonly Setting RobotReserve = new("robot-reserve", SettingKind.Number, "20", "Percent of Robot's quotas that are left to people and other tools.") { Least = 0, Most = 90 };

    public static readonly Setting RescuePort = new("rescue-port", SettingKind.Number, "22", "SSH port of the rescue system.") { Least = 1, Most = 65535 };

    public static readonly Setting TalosPort = new("talos-port", SettingKind.Number, "50000", "Port of the Talos API.") { Least = 1, Most = 65535 };

    public static readonly Setting ReplicaName = new("replica-name", SettingKind.Text, "the name of this computer", "Name of this replica in Leases and logs.");

    public static readonly Setting LeaseSeconds = new("lease-seconds", SettingKind.Number, "15", "After this long without a sign of life, the other replicas take over this one's servers.") { Least = 3, Most = 300 };

    public static readonly Setting HealthPort = new("health-port", SettingKind.Number, Default: null, "Answer /livez, /readyz and /metrics here. Left out: nowhere.") { Least = 1, Most = 65535 };

    public static readonly Setting Socket = new("socket", SettingKind.Path, "run/caphr.sock in the data directory", "The Unix socket on which a running host answers `caphr server list` and its like.");

    public static readonly Setting DiagnosticsPort = new("diagnostics-port", SettingKind.Number, Default: null, "Answer `caphr server list` and its like over HTTPS here, to users whom Kubernetes lets get /caphr/… (docs/diagnostics.md). Left out: nowhere.") { Least = 1, Most = 65535 };

    public static readonly Setting DiagnosticsTls = new(
        "diagnostics-tls", SettingKind.Path, Default: null, "A folder with tls.crt and tls.key for that, such as a mounted Secret; read anew when they change. Left out: a certificate is made at start.");

    public static readonly Setting LogFormat = new("log-format", SettingKind.Choice, "console", "How a line of the log is written.") { Choices = ["console", "json"] };

    public static readonly Setting OtlpEndpoint = new(
        "otlp-endpoint", SettingKind.Url, Default: null, "Send traces to this collector, by OTLP over HTTP in protobuf (docs/metrics.md): to v1/traces below it. Left out: nowhere, and none are made.")
    {
        Example = "http://collector.monitoring:4318",
        StandardVariable = "OTEL_EXPORTER_OTLP_ENDPOINT",
    };

    public static readonly Setting OtlpHeadersFile = new(
        "otlp-headers-file", SettingKind.Path, Default: null, "A file with the headers that the collector wants, each `name=value`, such as a mounted Secret; read anew when it changes.");

    public static readonly Setting OtlpHeaders = new("otlp-headers", SettingKind.Secret, Default: null, "Those headers themselves, with commas between them. A file is better, as for the connection string.")
    {
        StandardVariable = "OTEL_EXPORTER_OTLP_HEADERS",
    };

    public static readonly Setting OtlpPercent = new("otlp-percent", SettingKind.Number, "100", "Percent of the traces that are sent, each whole or not at all.") { Least = 1, Most = 100 };

    public static readonly Setting Verbose = new("verbose", SettingKind.Switch, "false", "Log each effect as it begins and ends.");

    public static IReadOnlyList<Setting> All { get; } =
    [
        Kubeconfig, Namespace, WatchFilter, DataDir, PostgresFile, Postgres, RobotUrl, RobotReserve, RescuePort, TalosPort,
        ReplicaName, LeaseSeconds, HealthPort, Socket, DiagnosticsPort, DiagnosticsTls, LogFormat, OtlpEndpoint, OtlpHeadersFile, OtlpHeaders, OtlpPercent, Verbose,
    ];
}
