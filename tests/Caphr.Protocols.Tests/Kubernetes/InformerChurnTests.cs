using System.Globalization;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Protocols.Tests.Kubernetes;

/// <summary>Objects come, change and go while watches end, break, repeat themselves and are forgotten. Whoever only listens must know in the end what is so.</summary>
public sealed class InformerChurnTests
{
    private const int Steps = 250;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Nothing_is_lost_or_told_twice_whatever_happens_to_the_watch(int seed)
    {
        var random = new Random(seed);
        var hosts = new HostCollection();
        var listener = new Listener();
        await using var server = await ApiServerDouble.StartAsync();
        server.Answers(hosts.AnswerAsync);
        using var client = server.Client(new RealTime(), new KubernetesClientOptions { PageSize = 3 });
        using var end = new CancellationTokenSource();
        var informer = new Informer<HetznerRobotHost>(
            client,
            new InformerOptions { Reconnect = new ReconnectDelay(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)) },
            new RealTime(),
            new Random(seed),
            listener.HearAsync,
            _ => { });
        var run = Task.Run(() => informer.RunAsync(end.Token));
        await informer.WaitForSyncAsync(default);

        for (var step = 0; step < Steps; step++)
        {
            Stir(hosts, random, step);
            // Some steps follow each other at once, others find the informer at rest.
            if (random.Next(4) == 0) await Task.Yield();
            if (random.Next(12) == 0) await Eventually.HoldsAsync(() => hosts.OpenWatches > 0, "a watch is open again");
        }

        hosts.Put("last", 0);
        await Eventually.HoldsAsync(() => listener.Known().SequenceEqual(hosts.All()), "the listener knows what is so");
        Assert.Equal(hosts.All(), informer.All().Select(Listener.Word).Order(StringComparer.Ordinal));
        Assert.Empty(listener.Complaints);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private static void Stir(HostCollection hosts, Random random, int step)
    {
        var name = $"host-{random.Next(12)}";
        switch (random.Next(20))
        {
            case < 9:
                hosts.Put(name, step);
                break;
            case < 12:
                hosts.DeleteIfThere(name);
                break;
            case 12:
                hosts.DeleteIfThere(name);
                hosts.Put(name, step);
                break;
            case 13:
                hosts.EndWatches();
                break;
            case 14:
                hosts.BreakWatches();
                break;
            case 15:
                hosts.ForgetHistory();
                hosts.EndWatches();
                break;
            case 16:
                hosts.Bookmark();
                break;
            case 17:
                hosts.EchoPast(name, random);
                break;
            case 18:
                hosts.Send("garbage\n");
                break;
        }
    }

    /// <summary>Knows only what it was told, and complains of whatever could not follow on what it was told before.</summary>
    private sealed class Listener
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, HetznerRobotHost> _known = [];
        private readonly HashSet<string> _versions = [];

        public List<string> Complaints { get; } = [];

        public ValueTask HearAsync(Change<HetznerRobotHost> change, CancellationToken cancellation)
        {
            lock (_gate)
            {
                var name = change.Item.Metadata.Name;
                var there = _known.TryGetValue(name, out var known);
                if (there == (change.Kind == ChangeKind.Added)) Complaints.Add($"{change} although it was {(there ? "there" : "not there")}");
                if (change.Kind == ChangeKind.Deleted)
                {
                    _known.Remove(name);
                    return ValueTask.CompletedTask;
                }

                if (change.Kind == ChangeKind.Modified && known is not null && (known.Metadata.Uid != change.Item.Metadata.Uid || Version(known) >= Version(change.Item)))
                    Complaints.Add($"{Word(known)} was overwritten with {Word(change.Item)}");
                if (!_versions.Add(Word(change.Item))) Complaints.Add($"{change} was told twice: {Word(change.Item)}");
                _known[name] = change.Item;
                return ValueTask.CompletedTask;
            }
        }

        public IReadOnlyList<string> Known()
        {
            lock (_gate) return [.. _known.Values.Select(Word).Order(StringComparer.Ordinal)];
        }

        public static string Word(HetznerRobotHost host) => $"{host.Metadata.Name} {host.Metadata.Uid} {host.Metadata.ResourceVersion}";

        private static int Version(HetznerRobotHost host) => int.Parse(host.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);
    }
}
