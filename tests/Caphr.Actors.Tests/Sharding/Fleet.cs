using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Tests.Sharding;

/// <summary>
/// Replicas on one virtual clock that share a journal and leases over a network with delays and outages, and an observer who sees every deed.
/// Each shard's actor appends an intent every second or so and then acts, as a server's does.
/// </summary>
internal sealed class Fleet
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly Random _random;
    private InMemoryJournal _journal = new();
    private readonly InMemoryLeases _leases = new();
    private readonly Dictionary<int, long> _lastEpoch = [];
    private int _names;

    public Fleet(int seed)
    {
        _random = new Random(seed);
        Clock = new VirtualClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        World = new DeterministicDispatcher(Clock, new Random(seed));
    }

    public VirtualClock Clock { get; }

    public DeterministicDispatcher World { get; }

    /// <summary>Deeds that were done while somebody else might already have acted.</summary>
    public List<string> Wrongs { get; } = [];

    public int Deeds { get; private set; }

    public Replica Start(string journal = "journal", bool ownsJournal = false, Task? ready = null)
    {
        var replica = new Replica(this, $"replica-{++_names}", journal, ownsJournal, ready ?? Task.CompletedTask);
        replica.Process.Run(replica.Boot);
        return replica;
    }

    public void Pass(double seconds) => World.RunFor(TimeSpan.FromSeconds(seconds));

    public void RemoveLease(Replica replica) => _leases.RemoveAsync(replica.Name, CancellationToken.None);

    public IReadOnlyList<ShardClaim> Claims() => _journal.ReadClaimsAsync(CancellationToken.None).Ended().Value;

    public IReadOnlyList<string> LeasesOf() => [.. _leases.ListAsync(CancellationToken.None).Ended().Leases.Select(lease => lease.Member.Name)];

    /// <summary>As after a fail-over to a standby that had not heard of the last claims, or to a back-up.</summary>
    public void GoBackInTime()
    {
        _journal = new InMemoryJournal();
        _lastEpoch.Clear();
    }

    private void Deed(string replica, int shard, long epoch)
    {
        Deeds++;
        var row = Claims()[shard];
        if (row.Epoch != epoch) Wrongs.Add($"{Clock.Elapsed}: {replica} acted for shard {shard} under epoch {epoch}, and {row.Owner ?? "nobody"} had it under {row.Epoch}.");
        if (_lastEpoch.TryGetValue(shard, out var last) && epoch < last) Wrongs.Add($"{Clock.Elapsed}: {replica} acted for shard {shard} under epoch {epoch} after a deed under {last}.");
        _lastEpoch[shard] = Math.Max(epoch, _lastEpoch.GetValueOrDefault(shard));
    }

    /// <summary>A call over the network: it arrives after a while, and its answer takes a while too. The far end does not freeze with the caller.</summary>
    private Task<T> Call<T>(Func<Task<T>> arrive, Func<T?> refused)
    {
        var answer = new TaskCompletionSource<T>();
        Later(() =>
        {
            if (refused() is { } no)
            {
                Later(() => answer.SetResult(no));
                return;
            }

            var result = arrive().Ended();
            Later(() => answer.SetResult(result));
        });
        return answer.Task;
    }

    private Guid NextWriteId()
    {
        var id = new byte[16];
        _random.NextBytes(id);
        return new Guid(id);
    }

    private void Later(Action action) => Clock.CreateTimer(_ => action(), state: null, TimeSpan.FromMilliseconds(_random.Next(1, 200)), Timeout.InfiniteTimeSpan);

    internal sealed class Replica(Fleet fleet, string name, string journal, bool ownsJournal, Task ready) : IMemberLeases, IShardClaims
    {
        private ActorSystem? _system;
        private IActorRef<RegionMessage<int>>? _region;

        private Fleet Fleet => fleet;

        public string Name => name;

        public SimulatedProcess Process { get; } = new(fleet.World);

        public bool HasKubernetes { get; set; } = true;

        public bool HasDatabase { get; set; } = true;

        /// <summary>When set, claims are made, and their answers wait for it.</summary>
        public TaskCompletionSource? AnswersHeld { get; set; }

        public HashSet<int> Open { get; } = [];

        public List<ReplicaStanding> Standings { get; } = [];

        public bool HasLeft { get; private set; }

        public void Boot()
        {
            _system = new ActorSystem(name, fleet.Clock, new Random(1), Process);
            var options = new ShardRegionOptions(new Member(name, journal, Lease), ownsJournal) { Ready = ready };
            _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new Listener<ReplicaStanding>(Standings.Add)), "standings"));
            _region = _system.ActorOf(Props.Create(() => new ShardRegion<int>(options, this, this, shard => shard, warrant => Props.Create(() => new Worker(this, warrant)))), "region");
        }

        public void Leave() => Process.Run(() =>
            _region!.Tell(new RegionMessage<int>.Leave(_system!.ActorOf(Props.Create(() => new Listener<Left>(_ => HasLeft = true)), "left"))));

        Task<LeaseOutcome> IMemberLeases.RenewAsync(Member member, CancellationToken cancellation) =>
            fleet.Call(() => fleet._leases.RenewAsync(member, cancellation), () => HasKubernetes ? null : new LeaseOutcome("No route."));

        Task<LeasesOutcome> IMemberLeases.ListAsync(CancellationToken cancellation) =>
            fleet.Call(() => fleet._leases.ListAsync(cancellation), () => HasKubernetes ? null : new LeasesOutcome([], "No route."));

        Task<LeaseOutcome> IMemberLeases.RemoveAsync(string lease, CancellationToken cancellation) =>
            fleet.Call(() => fleet._leases.RemoveAsync(lease, cancellation), () => HasKubernetes ? null : new LeaseOutcome("No route."));

        Task<ReadOutcome<IReadOnlyList<ShardClaim>>> IShardClaims.ReadClaimsAsync(CancellationToken cancellation) =>
            fleet.Call(() => fleet._journal.ReadClaimsAsync(cancellation), () => HasDatabase ? null : ReadOutcome<IReadOnlyList<ShardClaim>>.Unavailable("No route."));

        async Task<ClaimOutcome> IShardClaims.ClaimAsync(ShardClaim claim, CancellationToken cancellation)
        {
            var outcome = await fleet.Call(() => fleet._journal.ClaimAsync(claim, cancellation), NoDatabase);
            if (AnswersHeld is { } held) await held.Task;
            return outcome;
        }

        Task<ClaimOutcome> IShardClaims.ReleaseAsync(int shard, long epoch, CancellationToken cancellation) =>
            fleet.Call(() => fleet._journal.ReleaseAsync(shard, epoch, cancellation), NoDatabase);

        private ClaimOutcome? NoDatabase() => HasDatabase ? null : ClaimOutcome.Unavailable("No route.");

        private Task<AppendOutcome> Append(JournalAppend append) =>
            fleet.Call(() => fleet._journal.AppendAsync(append, CancellationToken.None), () => HasDatabase ? null : AppendOutcome.Unavailable("No route."));

        /// <summary>Stands for the actors of a shard and their effects: intent first, then the deed, with the warrant asked for right before it.</summary>
        private sealed class Worker(Replica replica, Warrant warrant) : Actor<int>
        {
            private readonly string _id = Enumerable.Range(0, int.MaxValue).Select(i => i.ToString(CultureInfo.InvariantCulture)).First(id => Shards.Of(id) == warrant.Shard);

            protected override void PreStart()
            {
                replica.Open.Add(warrant.Shard);
                Next();
            }

            protected override void PostStop() => replica.Open.Remove(warrant.Shard);

            protected override void Receive(int message) => Context.PipeToSelf(
                async cancellation =>
                {
                    using var work = warrant.Work();
                    var fleet = replica.Fleet;
                    var last = (await fleet._journal.ReadAsync(_id, cancellation)).Value.Events.Count;
                    var written = await replica.Append(new JournalAppend(_id, last, warrant.Epoch, fleet.NextWriteId(), [new JournalEntry("intent", 1, "{}", fleet.Clock.GetUtcNow())]));
                    if (written.Result is not AppendResult.Appended) return 0;

                    // What an interpreter does first takes time, and its cancellation is not seen at once.
                    await Task.Delay(TimeSpan.FromMilliseconds(fleet._random.Next(3000)), fleet.Clock, CancellationToken.None);
                    if (warrant.IsInForce) fleet.Deed(replica.Name, warrant.Shard, warrant.Epoch);
                    return 0;
                },
                _ => 1);

            private void Next() => Context.Timers.StartSingle("next", 1, TimeSpan.FromMilliseconds(replica.Fleet._random.Next(2000)));
        }

        private sealed class Listener<T>(Action<T> heard) : Actor<T>
        {
            protected override void Receive(T message) => heard(message);
        }
    }
}
