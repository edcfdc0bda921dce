using System.Globalization;
using Caphr.Host.Robot;
using Npgsql;
using NpgsqlTypes;

namespace Caphr.Host.Journals;

/// <summary>
/// The ledger beside a PostgreSQL journal. Everything about one account takes turns under a lock of the account, and is one round trip: a process that is
/// stopped while it sends holds up nobody. READ COMMITTED, so that what is read after the turn was taken is what the turn before has left.
/// </summary>
internal sealed class PostgresRobotLedger(PostgresDatabase database) : IRobotLedger
{
    private const string Prefix = PostgresSchema.Prefix;
    private const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    private const string Commit = "COMMIT";

    // Apart from the lock of the journal: accounts need no common order, and nobody who appends waits for them.
    private const string TakeTurn = "SELECT pg_advisory_xact_lock(hashtextextended('caphr robot ' || $1, 0))";

    public Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation)
    {
        var minutes = LedgerMinutes.Of(take.At);
        var trim = Command(RobotLedgerSql.Trim(Prefix), Text(take.Account), Text(take.Quota), Number(minutes.Forgotten));
        var insert = Command(
            RobotLedgerSql.Take(Prefix), Text(take.Account), Text(take.Quota), Text(take.Print),
            Number(minutes.Present), Number(minutes.Gone), Number(minutes.TooLate), Number(take.Allowance), Number(take.At.ToUnixTimeSeconds()));
        var present = Command(RobotLedgerSql.Present(Prefix), Text(take.Account), Text(take.Quota), Text(take.Print), Number(minutes.Gone), Number(minutes.TooLate));
        return RunAsync<LedgerAnswer>(
            take.Account,
            [trim, insert, present],
            async reader =>
            {
                var isGranted = await reader.ReadAsync(cancellation);
                await reader.NextResultAsync(cancellation);
                await reader.ReadAsync(cancellation);
                var row = new LedgerRow(
                    Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture),
                    reader.GetValue(1) as long?,
                    reader.GetValue(2) as long?,
                    reader.GetValue(3) as string);
                return row.Answer(isGranted, take.At);
            },
            why => new LedgerAnswer.Unavailable(why),
            cancellation);
    }

    public Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation)
    {
        var enter = Command(RobotLedgerSql.Enter(Prefix), Text(attempt.Account), Text(attempt.Print), Number(attempt.At.ToUnixTimeSeconds()), Number(LedgerRow.Seconds(attempt.Until)));
        var present = Command(RobotLedgerSql.Login(Prefix), Text(attempt.Account), Text(attempt.Print));
        return RunAsync(
            attempt.Account,
            [enter, present],
            async reader =>
            {
                var isYours = await reader.ReadAsync(cancellation);
                await reader.NextResultAsync(cancellation);
                await reader.ReadAsync(cancellation);
                return LedgerRow.Answer(isYours, reader.GetString(0), reader.GetInt64(1));
            },
            why => new LoginAnswer.Unavailable(why),
            cancellation);
    }

    public Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation) =>
        WriteAsync(account, Command(RobotLedgerSql.Settle(Prefix, verdict), Text(account), Text(print), Number(LedgerRow.Seconds(until))), cancellation);

    public Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation) =>
        WriteAsync(account, Command(RobotLedgerSql.Pause(Prefix), Text(account), Text(quota), Number(LedgerRow.Seconds(until))), cancellation);

    private Task<string?> WriteAsync(string account, NpgsqlBatchCommand command, CancellationToken cancellation) =>
        RunAsync<string?>(account, [command], _ => Task.FromResult<string?>(null), why => why, cancellation);

    private async Task<T> RunAsync<T>(
        string account, IReadOnlyList<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, Task<T>> read, Func<string, T> unavailable, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await database.UseAsync(PostgresLane.Robot, connection => RunAsync(connection, account, commands, read, cancellation), cancellation);
        }
        catch (Exception trouble) when (PostgresTrouble.Is(trouble))
        {
            return unavailable(database.Trouble.Describe(trouble));
        }
        catch (ObjectDisposedException)
        {
            return unavailable("The journal is closed.");
        }
    }

    private static async Task<T> RunAsync<T>(
        NpgsqlConnection connection, string account, IReadOnlyList<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(Begin), Command(TakeTurn, Text(account)) } };
        foreach (var command in commands) batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Commit));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);

        // The first result is that of the lock; statements that give no rows back have none.
        await reader.NextResultAsync(cancellation);
        var outcome = await read(reader);
        // Only behind the answer to the commit is any of this true.
        while (await reader.NextResultAsync(cancellation)) { }
        return outcome;
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
#pragma warning disable CA2100 // Every text that comes here is made of constants; what varies is a parameter.
        var command = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint };
}
