using System.Diagnostics;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Metrics;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Control;

/// <summary>
/// Looks at the world whenever something in it has changed, and does what follows: tells servers what is wanted of them, and writes
/// claims, finalizers and statuses. Many changes at once are one look.
/// </summary>
internal sealed partial class ControlLoop(
    Informers informers, KubernetesClient kubernetes, KubernetesEvents events, ClusterCheck check, IActorRef<RegionMessage<Envelope>> region, Measures measures, ILogger<ControlLoop> logger) : Actor<ControlLoop.Message>
{
    private const int CausesNamed = 100;
    private const string LookTimer = "look";
    private const string CheckTimer = "check";

    private static readonly TimeSpan s_restartPace = TimeSpan.FromSeconds(60);

    /// <summary>Of a look that only a release's end asks for, which may be years away: longer than a timer can wait.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private readonly Dictionary<int, Warrant> _shards = [];
    private readonly Dictionary<ServerNumber, ServerSnapshot> _servers = [];
    private readonly Dictionary<ServerNumber, ServerWish> _wishes = [];
    private readonly ClusterChecks _checks = new();
    private readonly WriteDesk _desk = new(host => informers.Hosts.Find(host)?.Metadata.ResourceVersion);
    private readonly KnownStatuses _known = new();
    private readonly HashSet<ActivityContext> _causes = [];

    /// <summary>Of the last plan, what nobody has had the time for yet.</summary>
    private Queue<Write> _writes = [];
    private DateTimeOffset _lookAt = DateTimeOffset.MaxValue;
    private TimeSpan _lastLook;
    private bool _synced;

    private TimeSpan Gather => LookPace.After(_lastLook, informers.Hosts.Count);

    protected override void PreStart()
    {
        Context.Subscribe<ServerChanged>(changed => new Message.ServerSaid(changed));
        Context.Subscribe<ServerRecovered>(recovered => new Message.ServerStarted(recovered.Server));
        Context.Subscribe<ServerStopped>(stopped => new Message.ServerGone(stopped.Number));
        Context.Subscribe<ShardOpened>(opened => new Message.ShardCame(opened.Warrant));
        Context.Subscribe<ShardClosed>(closed => new Message.ShardWent(closed.Shard));
        Context.Subscribe<DeadLetter>(dead => new Message.NotDelivered(LostWishes.ServerOf(dead)));
        // After a restart of this loop the shards are there already, and say nothing by themselves.
        region.Tell(new RegionMessage<Envelope>.Show(Context.Adapt<OpenShards>(open => new Message.ShardsShown(open))));
        var changed = Self;
        Context.PipeToSelf<Message>(
            async cancellation =>
            {
                await informers.RunAsync(() => changed.Tell(new Message.SomethingChanged()), cancellation);
                return new Message.SomethingChanged();
            },
            message => message);
    }

    protected override void Receive(Message message)
    {
        switch (message)
        {
            case Message.SomethingChanged:
                _synced = true;
                LookIn(Gather);
                break;
            case Message.ServerSaid said:
                Hear(said.Changed);
                LookIn(Gather);
                break;
            case Message.ServerStarted started:
                _servers[started.Server.State.Number] = started.Server;
                _wishes.Remove(started.Server.State.Number);
                LookIn(Gather);
                break;
            case Message.ServerGone gone:
                // Told again after a while, its shard starts it again: what stopped it may be mended, and must not be tried all the time.
                _servers.Remove(gone.Number);
                TellAgain(gone.Number);
                break;
            // A mailbox on its way was full, and whatever filled it may take a while to be read.
            case Message.NotDelivered { Wish: { } lost }:
                TellAgain(lost);
                break;
            case Message.NotDelivered:
                break;
            case Message.ServerAgain again:
                _wishes.Remove(again.Number);
                LookIn(Gather);
                break;
            case Message.ShardCame came:
                _shards[came.Warrant.Shard] = came.Warrant;
                Forget(came.Warrant.Shard, _wishes);
                LookIn(Gather);
                break;
            case Message.ShardWent went:
                _shards.Remove(went.Shard);
                // Some of them may be another replica's to make now; the look that follows what is under way plans the others anew.
                _writes.Clear();
                Forget(went.Shard, _wishes);
                Forget(went.Shard, _servers);
                break;
            case Message.ShardsShown shown:
                foreach (var warrant in shown.Open.Warrants) _shards.TryAdd(warrant.Shard, warrant);
                LookIn(Gather);
                break;
            case Message.ServerShown shown:
                _servers.TryAdd(shown.Server.State.Number, shown.Server);
                LookIn(Gather);
                break;
            case Message.Look:
                _lookAt = DateTimeOffset.MaxValue;
                if (_synced) LookAround();
                break;
            case Message.Written written:
                Settle(written.Write, written.Outcome);
                break;
            case Message.Recorded:
                break;
            case Message.CheckDue:
                CheckClusters(Worked());
                break;
            // Mostly it is what was known a minute ago, which is no reason to look at everything.
            case Message.Checked result:
                if (_checks.Settle(result.Cluster, result.Access, result.Health, Context.Now)) LookIn(Gather);
                CheckClusters(Worked());
                break;
        }
    }

    private void TellAgain(ServerNumber number) => Context.Timers.StartSingle($"again {number}", new Message.ServerAgain(number), s_restartPace);

    private void Hear(ServerChanged changed)
    {
        var number = changed.Server.State.Number;
        _servers[number] = changed.Server;
        foreach (var happened in changed.Events)
        {
            if (EventTexts.For(happened) is not { } text) continue;
            if (text.Warning) Log.Trouble(logger, number, text.Reason, text.Message);
            else Log.Story(logger, number, text.Reason, text.Message);
            Record(changed.Server.State, text);
        }
    }

    /// <summary>What was known or said of servers of a shard that are other actors now, or another replica's.</summary>
    private static void Forget<T>(int shard, Dictionary<ServerNumber, T> about)
    {
        foreach (var number in about.Keys.Where(number => ServerRegion.ShardOf(number) == shard).ToList()) about.Remove(number);
    }

    private void Tell(ServerNumber number, ServerMessage message) => region.Tell(new RegionMessage<Envelope>.Deliver(new Envelope(number, message)));

    private void Record(ServerState state, EventText text)
    {
        List<ObjectReference> about = [.. informers.Hosts.All().Where(host => host.Spec.ServerID == state.Number.Value).Select(ObjectReference.To)];
        if (state is ServerState.Held { Plan.Machine: var machine } && informers.InfraMachines.Find(new ObjectKey(machine.Namespace, machine.Name)) is { } found) about.Add(ObjectReference.To(found));
        foreach (var reference in about) Record(reference, text);
    }

    private void Record(ObjectReference about, EventText text) => Context.PipeToSelf(
        cancellation => text.Warning ? events.WarningAsync(about, text.Reason, text.Message, cancellation) : events.NormalAsync(about, text.Reason, text.Message, cancellation),
        // An Event that could not be recorded is in the log all the same.
        _ => new Message.Recorded());

    private void LookAround()
    {
        var begun = Context.System.Clock.GetTimestamp();
        var plan = Look();
        _lastLook = Context.System.Clock.GetElapsedTime(begun);
        measures.Looked(_lastLook, plan.Queue);
    }

    private ControlPlan Look()
    {
        NameCauses();
        var shards = Worked();
        var world = informers.Look(_servers, _checks.Health, shards);
        CheckClusters(shards);
        if (_checks.OneHasOpened(world)) TryAgain();
        var plan = ControlPlan.Make(world, _known);
        foreach (var wish in plan.Wishes.Where(wish => !_wishes.TryGetValue(wish.Number, out var told) || told != wish))
        {
            _wishes[wish.Number] = wish;
            Tell(wish.Number, new ServerMessage.Hear(new ServerInput.WishObserved(wish)));
            // After a restart of this loop the servers are there already, and say nothing by themselves.
            if (!_servers.ContainsKey(wish.Number)) Tell(wish.Number, new ServerMessage.Show(Context.Adapt<ServerSnapshot>(shown => new Message.ServerShown(shown))));
        }

        _writes = new Queue<Write>(plan.Writes);
        Consider();
        if (_desk.Remembered > MostRemembered(world)) _desk.Forget(informers.Knows);
        if (world.NextExpiry is { } expiry) LookIn(expiry - Context.Now < s_longestWait ? expiry - Context.Now : s_longestWait);
        return plan;
    }

    /// <summary>Some more than there are objects: what is remembered of those that are gone need not be looked for at every look.</summary>
    private static int MostRemembered(WorldView world) => 64 + (2 * (world.Hosts.Count + world.InfraMachines.Count + world.InfraClusters.Count + world.Releases.Count + world.Templates.Count));

    /// <summary>Whoever stood still still has the news of before: what it believes of a server is not to be written over what the next owner has written.</summary>
    private HashSet<int> Worked() => [.. _shards.Values.Where(warrant => warrant.IsInForce).Select(warrant => warrant.Shard)];

    private void CheckClusters(HashSet<int> shards)
    {
        var turn = _checks.Ask(informers.InfraClusters.All(), shards, Context.Now);
        if (turn.Again is { } pause) Context.Timers.StartSingle(CheckTimer, new Message.CheckDue(), pause);
        foreach (var (cluster, access) in turn.Start)
            Context.PipeToSelf<Message>(async cancellation => new Message.Checked(cluster, access, await check.RunAsync(access, cancellation)), message => message);
    }

    private void TryAgain()
    {
        foreach (var server in _servers.Values.Where(server => server.State.Trouble is { Failures: 0 }))
            Tell(server.State.Number, new ServerMessage.TimeToStart(new EffectKey(server.State.Number, server.State.Step)));
    }

    private void Consider()
    {
        while (_desk.HasRoom && _writes.TryDequeue(out var write)) Consider(write);
    }

    private void Consider(Write write)
    {
        var turn = _desk.Ask(write, Context.Now);
        if (turn.Again is { } pause) LookIn(pause);
        if (turn.Send) Context.PipeToSelf<Message>(async cancellation => new Message.Written(write, await write.CarryOutAsync(kubernetes, cancellation)), message => message);
    }

    private void Settle(Write write, Outcome<string?, KubernetesFailure> outcome)
    {
        var verdict = _desk.Settle(write, outcome, Context.Now);
        measures.Wrote(write, verdict, Context.Now);
        if (verdict is WriteDesk.Verdict.Late) Log.Outrun(logger, write, outcome.Failure!.Message);
        if (verdict is WriteDesk.Verdict.Refused { IsNews: true }) Log.Refused(logger, write, outcome.Failure!.Message);
        if (verdict is WriteDesk.Verdict.Succeeded && write.News is { } news)
        {
            if (news.Warning) Log.ClusterTrouble(logger, write.Kind, write.Key, news.Reason, news.Message);
            else Log.ClusterStory(logger, write.Kind, write.Key, news.Reason, news.Message);
            Record(write.About, news);
        }

        Consider();
        LookIn(verdict is WriteDesk.Verdict.Refused { Pause: var pause } ? pause : Gather);
    }

    /// <summary>A look answers everything that was gathered, so its trace is linked to all of that.</summary>
    private void NameCauses()
    {
        if (Activity.Current is { } look)
        {
            // The last one to set the timer is named by that.
            foreach (var cause in _causes.Except(look.Links.Select(link => link.Context)).ToList()) look.AddLink(new ActivityLink(cause));
        }

        _causes.Clear();
    }

    private void LookIn(TimeSpan delay)
    {
        if (_causes.Count < CausesNamed && Activity.Current is { } cause) _causes.Add(cause.Context);
        // What was due while this look was under way is due now.
        if (delay < TimeSpan.Zero) delay = TimeSpan.Zero;
        var at = Context.Now + delay;
        if (at >= _lookAt) return;
        _lookAt = at;
        Context.Timers.StartSingle(LookTimer, new Message.Look(), delay);
    }

    internal abstract record Message
    {
        private Message() { }

        internal sealed record SomethingChanged : Message;

        internal sealed record ServerSaid(ServerChanged Changed) : Message;

        internal sealed record ServerStarted(ServerSnapshot Server) : Message;

        internal sealed record ServerGone(ServerNumber Number) : Message;

        internal sealed record ServerAgain(ServerNumber Number) : Message;

        /// <param name="Wish">The server that was not told; null for anything but a wish.</param>
        internal sealed record NotDelivered(ServerNumber? Wish) : Message;

        internal sealed record ShardCame(Warrant Warrant) : Message;

        internal sealed record ShardWent(int Shard) : Message;

        internal sealed record ShardsShown(OpenShards Open) : Message;

        internal sealed record ServerShown(ServerSnapshot Server) : Message;

        internal sealed record Look : Message;

        internal sealed record Recorded : Message;

        internal sealed record Written(Write Write, Outcome<string?, KubernetesFailure> Outcome) : Message;

        internal sealed record CheckDue : Message;

        internal sealed record Checked(ObjectKey Cluster, RobotAccess Access, ClusterHealth Health) : Message;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Server {Server} {Reason}: {Text}")]
        public static partial void Story(ILogger logger, ServerNumber server, string reason, string text);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Server {Server} {Reason}: {Text}")]
        public static partial void Trouble(ILogger logger, ServerNumber server, string reason, string text);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} {Object} {Reason}: {Text}")]
        public static partial void ClusterStory(ILogger logger, string kind, ObjectKey @object, string reason, string text);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Object} {Reason}: {Text}")]
        public static partial void ClusterTrouble(ILogger logger, string kind, ObjectKey @object, string reason, string text);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The {Write} was decided on an old version: {Why}")]
        public static partial void Outrun(ILogger logger, Write write, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The {Write} was not written: {Why}")]
        public static partial void Refused(ILogger logger, Write write, string why);
    }
}
