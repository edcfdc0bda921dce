using System.Net.Sockets;
using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>What PostgreSQL's refusals and silences mean, in one sentence each for the person who has to do something about them.</summary>
internal sealed class PostgresTrouble(string server)
{
    // Of two kinds of refusal the server's own words are not repeated, because they may quote what was to be written: of the data, and of a rule broken by it.
    private const string DataException = "22";
    private const string IntegrityViolation = "23";

    /// <summary>Everything else that is thrown is a bug.</summary>
    public static bool Is(Exception trouble) => trouble is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>It is not the server that is in trouble, but what it was asked to write: it would refuse the same again.</summary>
    public static bool IsOfTheData(Exception trouble) => trouble is PostgresException { SqlState: var state } && Class(state) is DataException or IntegrityViolation;

    public JournalFailure Explain(Exception trouble) => new(Error(trouble), Describe(trouble));

    public string Describe(Exception trouble) => trouble switch
    {
        PostgresException refusal => Describe(refusal),
        StandbyException => ReadOnly,
        _ => Chain(trouble).Select(DescribeCause).FirstOrDefault(sentence => sentence is not null) ?? $"{server} cannot be worked with: {trouble.Message}",
    };

    private string ReadOnly => $"{server} is read-only: it is a standby, or in the middle of a fail-over.";

    private string Describe(PostgresException refusal) => refusal.SqlState switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly,
        PostgresErrorCodes.DiskFull => $"The disk of {server} is full.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => $"{server} is shutting down.",
        PostgresErrorCodes.CannotConnectNow => $"{server} is starting up.",
        PostgresErrorCodes.TooManyConnections => $"{server} has no connection left for us.",
        PostgresErrorCodes.QueryCanceled => $"{server} took too long.",
        var state when Class(state) is DataException or IntegrityViolation => $"{server} refuses what was to be written ({state}).",
        var state => $"{server} reports '{refusal.MessageText}' ({state}).",
    };

    private string? DescribeCause(Exception cause) => cause switch
    {
        TimeoutException => $"{server} did not answer in time.",
        SocketException { SocketErrorCode: var error } => $"{server} cannot be reached ({error}).",
        IOException => $"The connection to {server} was cut.",
        _ => null,
    };

    private static JournalError Error(Exception trouble) => trouble switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege } => JournalError.AccessDenied,
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => JournalError.AccessDenied,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError } => JournalError.StorageTrouble,
        _ => JournalError.Unreachable,
    };

    private static string Class(string state) => state[..2];

    private static IEnumerable<Exception> Chain(Exception trouble)
    {
        for (Exception? cause = trouble; cause is not null; cause = cause.InnerException) yield return cause;
    }
}

/// <summary>The server that was reached only copies another one. What it says may be out of date, so it is not even read from.</summary>
internal sealed class StandbyException : NpgsqlException;
