using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Actors.Sharding;

/// <summary>
/// The shards that this process works, each an actor of its own under a claim of its own, and the way to them. It agrees with the other replicas by
/// two things only: leases, which say who lives, and claims, which say who works what.
/// <para>While it holds a shard nobody else does: others wait a whole lease after its last sign of life, and it trusts its own only for two thirds of
/// that. When its standing has run out, or the claims cannot be read for so long, every warrant ends, its actors are stopped, and whatever
/// it takes again it takes under a new epoch.</para>
/// </summary>
public sealed class ShardRegion<TMessage>(
    ShardRegionOptions options, IMemberLeases leases, IShardClaims claims, Func<TMessage, int> shardOf, Func<Warrant, Props<TMessage>> shards) : Actor<RegionMessage<TMessage>>
{
    private const string NotInTime = "The lease could not be renewed in time.";
    private const string TickTimer = "tick";
    private const string StandingTimer = "standing";

    private readonly Dictionary<int, (Warrant Warrant, IActorRef<TMessage> Shard, int SinceLook)> _open = [];

    /// <summary>Shards on which a claim, a stop or a release is under way.</summary>
    private readonly HashSet<int> _changing = [];

    /// <summary>Shards that are being stopped in order to be left.</summary>
    private readonly HashSet<int> _handingOver = [];

    private Sightings? _sightings;
    private Standing? _standing;
    private Placement? _placement;
    private long? _renewed;
    private bool _unsettled = true;
    private bool _isLooking;
    private int _looks;
    private bool _isLeaving;
    private IActorRef<Left>? _whoWaits;
    private string _trouble = NotInTime;
    private string? _whyNot = "Starting.";

    protected internal override string StateName => _isLeaving ? "Leaving" : _whyNot is null ? "Working" : "Standing by";

    private TimeProvider Clock => Context.System.Clock;

    protected internal override void PreStart()
    {
        _sightings = new Sightings(Clock, options.Me);
        if (options.Ready.IsCompleted) Look();
        else Context.PipeToSelf(WhenReadyAsync, tick => tick);
    }

    protected internal override void PostStop()
    {
        foreach (var open in _open.Values) open.Warrant.Revoke();
    }

    protected internal override void Receive(RegionMessage<TMessage> message)
    {
        switch (message)
        {
            case RegionMessage<TMessage>.Deliver deliver:
                if (_open.TryGetValue(shardOf(deliver.Message), out var open)) open.Shard.Tell(deliver.Message);
                break;
            case RegionMessage<TMessage>.Tick:
                Look();
                break;
            case RegionMessage<TMessage>.Looked looked:
                Follow(looked);
                break;
            case RegionMessage<TMessage>.SawNothing nothing:
                _isLooking = false;
                _trouble = nothing.Why;
                if (_standing is not { IsGood: true }) Lapse(nothing.Why);
                LookIn(options.Pace);
                break;
            case RegionMessage<TMessage>.StandingEnds:
                if (_standing is { IsGood: false }) Lapse(_trouble);
                break;
            case RegionMessage<TMessage>.Claimed claimed:
                _changing.Remove(claimed.Shard);
                if (claimed.Outcome.Result is ClaimResult.Done) Open(claimed.Shard, claimed.Outcome.Epoch, claimed.Under);
                break;
            case RegionMessage<TMessage>.Settled settled:
                if (_open.TryGetValue(settled.Warrant.Shard, out var leaving) && leaving.Warrant == settled.Warrant) Context.Stop(leaving.Shard);
                break;
            case RegionMessage<TMessage>.Closed closed:
                OnClosed(closed.Shard);
                break;
            case RegionMessage<TMessage>.Released released:
                _changing.Remove(released.Shard);
                break;
            case RegionMessage<TMessage>.Leave leave:
                _isLeaving = true;
                _whoWaits = leave.ReplyTo;
                Stand("Leaving.");
                Look();
                break;
            case RegionMessage<TMessage>.Show show:
                show.ReplyTo.Tell(new OpenShards([.. _open.Values.Select(open => open.Warrant).Where(warrant => !_changing.Contains(warrant.Shard))]));
                break;
            case RegionMessage<TMessage>.Cleaned:
                break;
        }
    }

    private async Task<RegionMessage<TMessage>> WhenReadyAsync(CancellationToken cancellation)
    {
        await options.Ready.WaitAsync(cancellation);
        return new RegionMessage<TMessage>.Tick();
    }

    private void LookIn(TimeSpan delay) => Context.Timers.StartSingle(TickTimer, new RegionMessage<TMessage>.Tick(), delay);

    private void Look()
    {
        // One at a time: an older look must not renew a lease that a newer one has taken away.
        if (_isLooking) return;
        _isLooking = true;
        _looks++;
        var whole = _unsettled || _isLeaving || _renewed is not { } last || Clock.GetElapsedTime(last) >= options.RenewEvery;
        var leaving = _isLeaving;
        Context.PipeToSelf(cancellation => LookAsync(whole, leaving, cancellation), looked => looked);
    }

    /// <summary>The claims come first: a member that cannot read them lets its lease run out, so that one that can takes over.</summary>
    private async Task<RegionMessage<TMessage>> LookAsync(bool whole, bool leaving, CancellationToken cancellation)
    {
        var read = await claims.ReadClaimsAsync(cancellation);
        if (read.WhyUnavailable is { } unreadable) return new RegionMessage<TMessage>.SawNothing($"The claims cannot be read: {unreadable}");
        if (!whole) return new RegionMessage<TMessage>.Looked(Sent: 0, read.Value, Leases: null, Asked: 0);

        var sent = Clock.GetTimestamp();
        // Who leaves takes its lease away before its shards: who finds a free shard then sees that we do not want it.
        var kept = leaving ? await leases.RemoveAsync(options.Me.Name, cancellation) : await leases.RenewAsync(options.Me, cancellation);
        if (kept.WhyNot is { } notKept) return new RegionMessage<TMessage>.SawNothing($"The lease cannot be {(leaving ? "removed" : "renewed")}: {notKept}");

        var asked = Clock.GetTimestamp();
        var listed = await leases.ListAsync(cancellation);
        return listed.WhyNot is { } notListed
            ? new RegionMessage<TMessage>.SawNothing($"The leases cannot be listed: {notListed}")
            : new RegionMessage<TMessage>.Looked(sent, read.Value, listed.Leases, asked);
    }

    private void Follow(RegionMessage<TMessage>.Looked looked)
    {
        _isLooking = false;
        _trouble = NotInTime;
        if (looked.Leases is { } found)
        {
            _sightings!.Look(found, looked.Claims, looked.Asked);
            if (!_isLeaving) Prolong(looked.Sent);
            Clean(looked.Claims);
        }

        var homes = Homes();
        var alive = options.OwnsJournal ? new HashSet<string> { options.Me.Name } : _sightings!.Alive;
        _unsettled = homes is not null && !ShardPlan.IsSettled(homes, looked.Claims);
        var held = _open.ToDictionary(one => one.Key, one => one.Value.Warrant.Epoch);
        if (homes is not null)
        {
            // A row may have been read before our own claim was made, and then says nothing about it.
            var rows = looked.Claims.Where(claim => !(_open.TryGetValue(claim.Shard, out var open) && open.SinceLook == _looks && claim.Epoch < open.Warrant.Epoch)).ToList();
            foreach (var step in ShardPlan.Make(options.Me.Name, homes, alive, rows, held)) Do(step);
        }

        if (_isLeaving && _open.Count == 0 && _changing.Count == 0 && !looked.Claims.Any(claim => claim.Owner == options.Me.Name))
        {
            _whoWaits?.Tell(new Left());
            _whoWaits = null;
        }

        LookIn(_isLeaving ? options.Pace / 10 : options.Pace);
    }

    /// <summary>Null while this member may not take part.</summary>
    private Placement? Homes()
    {
        if (Sharing() is not { } members) return null;
        if (_placement?.IsAmong(members) != true) _placement = new Placement(members);
        return _placement;
    }

    /// <summary>Among whom the shards are shared.</summary>
    private List<string>? Sharing()
    {
        var sharing = _sightings!.Members.Where(member => member.Journal == options.Me.Journal && member.Name != options.Me.Name).Select(member => member.Name);
        List<string> homes = options.OwnsJournal ? [] : [.. sharing];
        if (_isLeaving) return homes;

        homes.Add(options.Me.Name);
        if (_standing is not { IsGood: true }) return null;
        if (_open.Count == 0 && _changing.Count == 0 && _sightings.Members.FirstOrDefault(member => member.Journal != options.Me.Journal) is { } foreign)
        {
            Stand($"Replica {foreign.Name} works with another journal. Two journals must not both act: run one replica, or give all of them the same PostgreSQL database.");
            return null;
        }

        Stand(whyNot: null);
        return homes;
    }

    private void Prolong(long sent)
    {
        _renewed = sent;
        if (_standing is not null && !_standing.TryProlong(sent)) Lapse("The lease had run out before it was renewed.");
        _standing ??= new Standing(Clock, sent, options.Trust);
        Context.Timers.StartSingle(StandingTimer, new RegionMessage<TMessage>.StandingEnds(), _standing.Left > TimeSpan.Zero ? _standing.Left : TimeSpan.Zero);
    }

    /// <summary>From here on somebody else may act. Warrants of this standing never come into force again.</summary>
    private void Lapse(string why)
    {
        _standing = null;
        _unsettled = true;
        Stand(why);
        foreach (var shard in _open.Keys.ToList()) Close(shard);
    }

    private void Do(ShardStep step)
    {
        // A second step on a shard waits for the end of the first.
        if (_changing.Contains(step.Shard)) return;
        switch (step)
        {
            case ShardStep.Take take when _standing is { } standing:
                _changing.Add(take.Shard);
                Context.PipeToSelf(
                    cancellation => claims.ClaimAsync(new ShardClaim(take.Shard, take.Epoch, options.Me.Name), cancellation),
                    outcome => new RegionMessage<TMessage>.Claimed(take.Shard, standing, outcome));
                break;
            case ShardStep.HandOver handOver when _open.ContainsKey(handOver.Shard):
                BeginHandOver(handOver.Shard);
                break;
            case ShardStep.HandOver handOver:
                Release(handOver.Shard, handOver.Epoch, after: null);
                break;
            case ShardStep.GiveUp giveUp:
                Close(giveUp.Shard);
                break;
        }
    }

    /// <param name="under">The standing in which the claim was made. In a later one it says nothing: somebody may have taken over between the two.</param>
    private void Open(int shard, long epoch, Standing under)
    {
        // The next look sees a row that nobody works.
        if (_standing != under || !under.IsGood || _isLeaving) return;
        var warrant = new Warrant(shard, epoch, under);
        var actor = Context.ActorOf(shards(warrant), string.Create(CultureInfo.InvariantCulture, $"shard-{shard}"));
        Context.Watch(actor, _ => new RegionMessage<TMessage>.Closed(shard));
        _open.Add(shard, (warrant, actor, _looks));
    }

    /// <summary>Nothing is begun any more; what cannot be taken back, such as a reset that was sent, is heard and written down before its actor stops.</summary>
    private void BeginHandOver(int shard)
    {
        _handingOver.Add(shard);
        _changing.Add(shard);
        var warrant = _open[shard].Warrant;
        warrant.Revoke();
        Context.PipeToSelf(
            async _ =>
            {
                await warrant.WhenSettledAsync(options.Settle, Clock);
                return warrant;
            },
            settled => new RegionMessage<TMessage>.Settled(settled));
    }

    private void Close(int shard)
    {
        if (!_open.TryGetValue(shard, out var open) || !_changing.Add(shard)) return;
        open.Warrant.Revoke();
        Context.Stop(open.Shard);
    }

    /// <summary>Its actors have stopped, or the shard has failed for good; then the next look finds it unworked and takes it anew.</summary>
    private void OnClosed(int shard)
    {
        _changing.Remove(shard);
        if (!_open.Remove(shard, out var closed)) return;
        closed.Warrant.Revoke();
        if (_handingOver.Remove(shard)) Release(shard, closed.Warrant.Epoch, closed.Warrant);
    }

    private void Release(int shard, long epoch, Warrant? after)
    {
        _changing.Add(shard);
        Context.PipeToSelf(
            async cancellation =>
            {
                // What was told to end may take a moment for it. The next owner should not begin the same thing beside it.
                if (after is not null) await after.WhenQuietAsync(options.Quiet, Clock);
                return await claims.ReleaseAsync(shard, epoch, cancellation);
            },
            _ => new RegionMessage<TMessage>.Released(shard));
    }

    /// <summary>Away with leases of the dead, once their shards are somebody's.</summary>
    private void Clean(IReadOnlyList<ShardClaim> rows)
    {
        foreach (var name in _sightings!.RunOut.Where(name => rows.All(row => row.Owner != name)))
            Context.PipeToSelf(cancellation => leases.RemoveAsync(name, cancellation), _ => new RegionMessage<TMessage>.Cleaned());
    }

    private void Stand(string? whyNot)
    {
        if (_whyNot == whyNot) return;
        _whyNot = whyNot;
        Context.System.EventStream.Publish(new ReplicaStanding(whyNot));
    }
}
