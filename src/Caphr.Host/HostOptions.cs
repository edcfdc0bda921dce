namespace Caphr.Host;

/// <summary>All that a running controller is told from outside.</summary>
public sealed record HostOptions
{
    public static readonly Uri DefaultRobotUrl = new("https://robot-ws.your-server.de");

    /// <summary>Null: inside a cluster, the service account says who we are.</summary>
    public string? KubeconfigPath { get; init; }

    /// <summary>Null: all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>The value of the label <c>cluster.x-k8s.io/watch-filter</c> that our own kinds must have to be looked at. Null: all of them are.</summary>
    public string? WatchFilter { get; init; }

    /// <summary>Holds the SQLite journal, where there is no PostgreSQL.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>A file with the connection string of the PostgreSQL database that all replicas share. Null: SQLite, for one replica.</summary>
    public string? PostgresFile { get; init; }

    /// <summary>The connection string itself, where no file holds it.</summary>
    public SecretText? Postgres { get; init; }

    /// <summary>What people call this process: the pod's name.</summary>
    public required string ReplicaName { get; init; }

    /// <summary>For how long after its last sign of life the other replicas leave this one's servers alone.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where /livez and /readyz are answered. Null: nowhere.</summary>
    public int? HealthPort { get; init; }

    /// <summary>Where diagnostics are told. Null: nowhere.</summary>
    public string? Socket { get; init; }

    /// <summary>Where diagnostics are told over HTTPS. Null: nowhere.</summary>
    public int? DiagnosticsPort { get; init; }

    /// <summary>The folder with the certificate for that. Null: one is made.</summary>
    public string? DiagnosticsTls { get; init; }

    public LogFormat LogFormat { get; init; } = LogFormat.Console;

    public Uri RobotUrl { get; init; } = DefaultRobotUrl;

    /// <summary>The share of Robot's quotas that is left to people and their other tools.</summary>
    public double RobotReserve { get; init; } = Robot.Budget.DefaultReserve;

    public int RescuePort { get; init; } = 22;

    public int TalosPort { get; init; } = 50000;

    /// <summary>Where traces are sent. Null: none are made.</summary>
    public CollectorOptions? Collector { get; init; }

    /// <summary>Logs each effect as it begins and ends.</summary>
    public bool Verbose { get; init; }
}

/// <summary>A collector of traces that speaks OTLP over HTTP.</summary>
/// <param name="Endpoint">As the standard has it: traces go to <c>v1/traces</c> below it.</param>
/// <param name="Percent">Of the traces, how many are sent.</param>
public sealed record CollectorOptions(Uri Endpoint, int Percent = 100)
{
    /// <summary>A file with the headers that it wants, read anew for each call, so that a token in it may change.</summary>
    public string? HeadersFile { get; init; }

    /// <summary>The headers themselves, where no file holds them.</summary>
    public SecretText? Headers { get; init; }
}

/// <summary>How a line of the log is written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Console,

    /// <summary>An object on each line, for what collects logs.</summary>
    Json,
}

/// <summary>A password or a token, or a text around one: it can be used, and nothing prints it.</summary>
public sealed class SecretText(string value)
{
    public string Reveal() => value;

    public override string ToString() => "(not shown)";
}
