using System.Diagnostics;
using Caphr.Protocols;
using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>What connections beside the writer's are for.</summary>
internal enum PostgresLane
{
    Reading,

    /// <summary>At the claims.</summary>
    Looking,
    Claiming,

    /// <summary>At the ledger of Robot accounts.</summary>
    Robot,
}

/// <summary>
/// The connections to the database of a PostgreSQL journal: few of them, and shared so that nobody stands in another's way. A replica that has to read
/// many shards must not miss a look at the claims for it: it would take itself for cut off, and begin with all of them anew.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    private const int Readers = 3;

    // What a connection string does not say. Nothing is kept in a session, so none has to be reset.
    private const string Defaults = "Application Name=caphr;Timeout=5;Command Timeout=10;Keepalive=30;GSS Encryption Mode=Disable;";

    private readonly NpgsqlDataSource _source;

    // Never disposed: they hold nothing that needs to be given back, and what is still under way at the end releases them.
    private readonly Dictionary<PostgresLane, SemaphoreSlim> _lanes = new()
    {
        [PostgresLane.Reading] = new SemaphoreSlim(Readers),
        [PostgresLane.Looking] = new SemaphoreSlim(1),
        [PostgresLane.Claiming] = new SemaphoreSlim(1),
        [PostgresLane.Robot] = new SemaphoreSlim(1),
    };

    private PostgresDatabase(NpgsqlDataSource source, string server)
    {
        _source = source;
        Trouble = new PostgresTrouble(server);
    }

    public PostgresTrouble Trouble { get; }

    /// <summary>Understands a connection string; connects to nothing yet.</summary>
    public static Outcome<PostgresDatabase, JournalFailure> At(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(Defaults + connectionString)
            {
                MaxPoolSize = Readers + 4,
                NoResetOnClose = true,
                // A batch that fails while Npgsql prepares its statements by itself can leave the connection out of step with the server.
                MaxAutoPrepare = 0,
                // These would put passwords or payloads into texts that people see.
                PersistSecurityInfo = false,
                IncludeErrorDetail = false,
                LogParameters = false,
            };
            if (string.IsNullOrEmpty(settings.Host)) return Unclear();
            if (settings.Host.Contains(',', StringComparison.Ordinal)) settings.TargetSessionAttributes ??= "primary";
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            builder.UsePhysicalConnectionInitializer(_ => throw new UnreachableException("Connections are opened asynchronously only."), RefuseStandbyAsync);
            return new PostgresDatabase(builder.Build(), $"PostgreSQL at {settings.Host}:{settings.Port}");
        }
        // The exceptions' own messages quote parts of the string, and in a string that is not understood any part may be the password.
        catch (ArgumentException)
        {
            return Unclear();
        }
        catch (FormatException)
        {
            return Unclear();
        }
        catch (NotSupportedException)
        {
            return Unclear();
        }

        static JournalFailure Unclear() => new(
            JournalError.UnclearAddress,
            "The connection string of the PostgreSQL journal cannot be understood; expected is one like 'Host=db;Database=caphr;Username=caphr;Password=…'.");
    }

    /// <summary>For the one who writes groups of appends, which never has to wait for a connection.</summary>
    public async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        await using var connection = await _source.OpenConnectionAsync(CancellationToken.None);
        return await work(connection);
    }

    public async Task<T> UseAsync<T>(PostgresLane lane, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation)
    {
        var turn = _lanes[lane];
        await turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellation);
            return await work(connection);
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Asked once a connection: a server that becomes a standby restarts, and so cuts all of them.</summary>
    private static async Task RefuseStandbyAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        if (await command.ExecuteScalarAsync() is true) throw new StandbyException();
    }
}
