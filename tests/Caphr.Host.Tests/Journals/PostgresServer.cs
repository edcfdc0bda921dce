using System.Diagnostics;
using Caphr.Protocols.Tests;
using Npgsql;

namespace Caphr.Host.Tests.Journals;

/// <summary>
/// A real PostgreSQL server of our own, on a loopback port, with its data in a temporary folder. A shell that waits for the end of its input stands
/// between it and this process: however this process ends, the server ends with it and the folder goes away.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string Password = "correct-horse-battery";

    private const string Binaries = "/usr/lib/postgresql";
    private const int StartAttempts = 5;

    // Each line of the input is a signal for the server; the end of the input means that nobody is left who could want it.
    private const string Keeper =
        """
        exec 3<&0
        "$@" >>"$LOG" 2>&1 3<&- &
        server=$!
        {
          while read -r signal; do kill "$signal" "$server"; done
          if kill -QUIT "$server"; then
            while kill -0 "$server"; do sleep 0.05; done
            rm -rf "$FOLDER"
          fi
        } <&3 2>/dev/null &
        wait "$server"
        """;

#pragma warning disable RS0030 // Other processes live in real time.
    private static readonly TimeProvider s_clock = TimeProvider.System;
#pragma warning restore RS0030

    private static readonly Lazy<Task<PostgresServer>> s_shared = new(StartAsync);
    private static int s_databases;

    private readonly string _folder;
    private Process? _process;

    private PostgresServer(string folder) => _folder = folder;

    /// <summary>The server of this test run, for tests that leave it alone and want only a database.</summary>
    public static Task<PostgresServer> Shared => s_shared.Value;

    public int Port { get; private set; }

    private string Data => Path.Combine(_folder, "data");

    private string LogFile => Path.Combine(_folder, "log");

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("caphr-postgres-").FullName);
        // PostgreSQL refuses to run as root, so a root of a container lends it to nobody.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "nobody", server._folder);
        await File.WriteAllTextAsync(Path.Combine(server._folder, "password"), Password);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "nobody", Path.Combine(server._folder, "password"));
        await RunAsync(AsServerUser(Binary("initdb"), "--pgdata", server.Data, "--username", "caphr", "--pwfile", Path.Combine(server._folder, "password"), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"));
        for (var attempt = 1; !await server.TryStartAsync(); attempt++)
        {
            // Between our finding a free port and the server's taking it, somebody else may have taken it.
            if (attempt == StartAttempts) throw new InvalidOperationException($"PostgreSQL does not start: {await File.ReadAllTextAsync(server.LogFile)}");
        }

        return server;
    }

    /// <summary>An empty database, and how to reach it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref s_databases)}";
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username=caphr;Password={Password};Pooling=false";

    /// <summary>Runs a statement as an operator would, beside whoever uses the database.</summary>
    public static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // Tests say what they run.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>The journal's schema as statements that make it again.</summary>
    public async Task<string> DumpAsync(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var dump = await RunAsync(Binary("pg_dump"), "--host", "127.0.0.1", "--port", $"{Port}", "--username", "caphr", "--schema", "caphr", "--inserts", "--no-owner", database.Database!);
        // Lines that begin with a backslash are meant for psql, and settings for the release of the server that was dumped.
        var statements = dump.Split('\n').Where(line => line.Length > 0 && line[0] is not ('\\' or '-') && !line.StartsWith("SET ", StringComparison.Ordinal));
        return string.Concat(statements.Select(line => $"{line}\n"));
    }

    /// <summary>Cuts all connections, as an operator's restart does.</summary>
    public Task StopAsync() => SignalAsync("-INT");

    /// <summary>Kills every process of the server, as the end of its machine does.</summary>
    public Task CrashAsync() => SignalAsync("-QUIT");

    /// <summary>On the same port, with the same data.</summary>
    public async Task StartAgainAsync()
    {
        if (!await TryStartAsync(Port)) throw new InvalidOperationException($"PostgreSQL does not start again: {await File.ReadAllTextAsync(LogFile)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await StopAsync();
        await RunAsync("rm", "-rf", _folder);
    }

    private async Task<bool> TryStartAsync(int? port = null)
    {
        Port = port ?? FreePort.Take();
        var command = AsServerUser(
            "/bin/sh", "-c", Keeper, "postgres",
            Binary("postgres"), "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200");
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true };
        start.Environment["LOG"] = LogFile;
        start.Environment["FOLDER"] = _folder;
        _process = Process.Start(start)!;
        while (!_process.HasExited)
        {
            try
            {
                await ExecuteAsync(ConnectionString("postgres"), "SELECT 1");
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMilliseconds(20), s_clock));
            }
        }

        _process.Dispose();
        return false;
    }

    private async Task SignalAsync(string signal)
    {
        await _process!.StandardInput.WriteLineAsync(signal);
        await _process.StandardInput.FlushAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private static string Binary(string name)
    {
        var versions = Directory.Exists(Binaries) ? Directory.GetDirectories(Binaries) : [];
        return versions.Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InvalidOperationException($"There is no {Binaries}/*/bin/{name}: install Debian's package 'postgresql', or run .ci/setup.");
    }

    private static string[] AsServerUser(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command] : command;

    private static async Task<string> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = Password;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} failed: {await output}{error}");
        return await output;
    }
}
