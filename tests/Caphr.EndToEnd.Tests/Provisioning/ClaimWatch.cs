using System.Globalization;
using Caphr.Host.Tests.Journals;
using Npgsql;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>Looks at the claim rows all the time, as an auditor would who trusts no replica.</summary>
internal sealed class ClaimWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<int, (long Epoch, string? Owner)> _rows = [];
    private readonly Dictionary<(int Shard, long Epoch), string> _owners = [];
    private readonly List<string> _wrongs = [];
    private readonly string _connectionString;
    private readonly Task _watching;

    public ClaimWatch(string connectionString)
    {
        _connectionString = connectionString;
        _watching = Task.Run(WatchAsync);
    }

    public IReadOnlyList<string> Wrongs
    {
        get { lock (_gate) return [.. _wrongs]; }
    }

    /// <summary>Every shard is worked by one of these, and each of these works some.</summary>
    public bool AllWorkedBy(params string[] replicas)
    {
        lock (_gate)
        {
            // A member's name begins with its replica's.
            return _rows.Count > 0
                && _rows.Values.All(row => row.Owner is { } owner && replicas.Any(replica => owner.StartsWith(replica + ".", StringComparison.Ordinal)))
                && replicas.All(replica => _rows.Values.Any(row => row.Owner!.StartsWith(replica + ".", StringComparison.Ordinal)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync();
            }
            catch (NpgsqlException)
            {
                // The test has the database away just now.
            }

            await Task.WhenAny(Task.Delay(s_pace, TestLab.Clock, _stop.Token));
        }
    }

    private async Task LookAsync()
    {
        var read = (string?)await PostgresServer.ExecuteAsync(_connectionString, "SELECT string_agg(shard || ' ' || epoch || ' ' || coalesce(owner, ''), E'\n') FROM caphr.shards");
        lock (_gate)
        {
            foreach (var row in (read ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')))
            {
                var (shard, epoch, owner) = (int.Parse(row[0], CultureInfo.InvariantCulture), long.Parse(row[1], CultureInfo.InvariantCulture), row[2].Length == 0 ? null : row[2]);
                if (_rows.TryGetValue(shard, out var before) && epoch < before.Epoch) _wrongs.Add($"Shard {shard} fell from epoch {before.Epoch} to {epoch}.");
                if (owner is not null && !_owners.TryAdd((shard, epoch), owner) && _owners[(shard, epoch)] != owner) _wrongs.Add($"Shard {shard} had two owners in epoch {epoch}: {_owners[(shard, epoch)]} and {owner}.");
                _rows[shard] = (epoch, owner);
            }
        }
    }
}
