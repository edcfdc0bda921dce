using Npgsql;

namespace Caphr.Host.Journals;

/// <summary>Where the texts of statements become commands.</summary>
internal static class PostgresStatement
{
    public static NpgsqlCommand Prepare(NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
#pragma warning disable CA2100 // Every text that comes here is made of constants; what varies is a parameter.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };
}
