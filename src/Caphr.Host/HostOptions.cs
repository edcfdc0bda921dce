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
    public ConnectionString? Postgres { get; init; }

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

    /// <summary>Logs each effect as it begins and ends.</summary>
    public bool Verbose { get; init; }
}

/// <summary>How a line of the log is written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Console,

    /// <summary>An object on each line, for what collects logs.</summary>
    Json,
}

/// <summary>How to reach a database, with its password: it can be used, and nothing prints it.</summary>
public sealed class ConnectionString(string value)
{
    public string Reveal() => value;

    public override string ToString() => "(not shown)";
}
