using Caphr.Host.Robot;
using Microsoft.Data.Sqlite;

namespace Caphr.Host.Journals;

/// <summary>The ledger beside a SQLite journal. One process has the file, and one thread of it writes, so each take is alone without a lock of its own.</summary>
internal sealed class SqliteRobotLedger(SqliteJournal journal) : IRobotLedger
{
    public Task<LedgerAnswer> TakeAsync(LedgerTake take, CancellationToken cancellation) =>
        journal.WriteAsync(transaction => Take(transaction, take), why => new LedgerAnswer.Unavailable(why), cancellation);

    public Task<LoginAnswer> EnterAsync(LoginTry attempt, CancellationToken cancellation) =>
        journal.WriteAsync(transaction => Enter(transaction, attempt), why => new LoginAnswer.Unavailable(why), cancellation);

    public Task<string?> SettleAsync(string account, string print, LoginVerdict verdict, DateTimeOffset until, CancellationToken cancellation) =>
        WriteAsync(RobotLedgerSql.Settle("", verdict), [account, print, LedgerRow.Seconds(until)], cancellation);

    public Task<string?> PauseAsync(string account, string quota, DateTimeOffset until, CancellationToken cancellation) =>
        WriteAsync(RobotLedgerSql.Pause(""), [account, quota, LedgerRow.Seconds(until)], cancellation);

    private static LedgerAnswer Take(SqliteTransaction transaction, LedgerTake take)
    {
        var minutes = LedgerMinutes.Of(take.At);
        using var trim = Command(transaction, RobotLedgerSql.Trim(""), take.Account, take.Quota, minutes.Forgotten);
        trim.ExecuteNonQuery();
        using var insert = Command(
            transaction, RobotLedgerSql.Take(""),
            take.Account, take.Quota, take.Print, minutes.Present, minutes.Gone, minutes.TooLate, take.Allowance, take.At.ToUnixTimeSeconds());
        var isGranted = insert.ExecuteScalar() is not null;
        using var present = Command(transaction, RobotLedgerSql.Present(""), take.Account, take.Quota, take.Print, minutes.Gone, minutes.TooLate);
        using var reader = present.ExecuteReader();
        reader.Read();
        var row = new LedgerRow(
            reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3));
        return row.Answer(isGranted, take.At);
    }

    private static LoginAnswer Enter(SqliteTransaction transaction, LoginTry attempt)
    {
        using var enter = Command(
            transaction, RobotLedgerSql.Enter(""), attempt.Account, attempt.Print, attempt.At.ToUnixTimeSeconds(), LedgerRow.Seconds(attempt.Until));
        var isYours = enter.ExecuteScalar() is not null;
        using var present = Command(transaction, RobotLedgerSql.Login(""), attempt.Account, attempt.Print);
        using var reader = present.ExecuteReader();
        reader.Read();
        return LedgerRow.Answer(isYours, reader.GetString(0), reader.GetInt64(1));
    }

    private Task<string?> WriteAsync(string sql, object[] values, CancellationToken cancellation) => journal.WriteAsync<string?>(
        transaction =>
        {
            using var command = Command(transaction, sql, values);
            command.ExecuteNonQuery();
            return null;
        },
        why => why,
        cancellation);

    private static SqliteCommand Command(SqliteTransaction transaction, string sql, params ReadOnlySpan<object> values)
    {
        var command = SqliteStatement.Prepare(transaction.Connection!, sql);
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i]);
        return command;
    }
}
