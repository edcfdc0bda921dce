using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

/// <summary>
/// One seeded life of a small tree in which everything goes wrong that can: actors throw, are resumed, restarted, stopped and escalated, stash, set and
/// cancel timers, pipe work that fails, watch and stop each other, while messages keep coming. It only keeps the books; what must hold is in the tests.
/// </summary>
internal sealed class Chaos
{
    private static readonly Directive[] s_directives = [.. Enumerable.Repeat(Directive.Resume, 5), .. Enumerable.Repeat(Directive.Restart, 4), .. Enumerable.Repeat(Directive.Escalate, 4), Directive.Stop];

    private readonly Random _random;
    private readonly Dictionary<string, IActorRef<Told>> _refs = [];
    private readonly List<(Villain By, Exception Cause)> _failedPipes = [];
    private readonly List<Promise> _promises = [];
    private int _ids;

    public Chaos(int seed)
    {
        _random = new Random(seed);
        Stage = new Stage(seed, new SupervisorStrategy { Decider = _ => _random.Next(2) == 0 ? Directive.Resume : Directive.Restart, MaxRestarts = int.MaxValue, Backoff = Backoff.None });
        Stage.System.EventStream.Subscribe(new Book<ActorFailed>(Failed));
        Stage.System.EventStream.Subscribe(new Book<DeadLetter>(Lost));
    }

    public Stage Stage { get; }

    public List<ActorFailed> Failed { get; } = [];

    public List<DeadLetter> Lost { get; } = [];

    public List<Told> Sent { get; } = [];

    /// <summary>What a handler began to handle and did not put aside.</summary>
    public List<Told> Handled { get; } = [];

    public HashSet<int> PutAside { get; } = [];

    public List<(string Path, Exception Cause)> Thrown { get; } = [];

    /// <summary>What came too often, or not at all although nobody took it back and the one who asked still lived when everything was quiet.</summary>
    public List<string> BrokenPromises { get; } = [];

    public HashSet<Villain> Alive { get; } = [];

    public List<string> Violations { get; } = [];

    /// <summary>Messages and time, then quiet, when nothing is under way any more, then the end.</summary>
    public Chaos Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (!Stage.System.Tree().Children.Any()) Stage.Start(() => new Villain(this, "/top", depth: 0), "top", capacity: 6);
            if (_random.Next(4) == 0) Pass(TimeSpan.FromMilliseconds(_random.Next(30)));
            else Send(sender: _random.Next(3));
        }

        Pass(TimeSpan.FromMinutes(5));
        BrokenPromises.AddRange(_promises.Where(IsBroken).Select(promise => $"{promise.What} came {promise.Kept} times"));
        Stage.System.Terminate();
        Stage.Settle();
        return this;
    }

    private bool IsBroken(Promise promise)
    {
        if (promise.Kept > 1) return true;
        if (!Alive.Contains(promise.By) || promise.TakenBack) return false;
        // Not by its path, which may belong to a successor.
        var isDue = promise.Watched is null || Stage.System.WhenStopped(promise.Watched).IsCompleted;
        return promise.Kept != (isDue ? 1 : 0);
    }

    private void Pass(TimeSpan span)
    {
        Stage.Pass(span);
        // Asked while the instance still lives, because few live long.
        foreach (var (by, cause) in _failedPipes)
        {
            if (Alive.Contains(by) && Failed.All(failed => failed.Cause != cause)) Violations.Add($"Nobody heard that piped work of {by.Self.Path} failed");
        }

        _failedPipes.Clear();
    }

    private Directive AnyDirective() => s_directives[_random.Next(s_directives.Length)];

    private void Send(int sender)
    {
        if (_refs.Count == 0) return;
        var (_, target) = _refs.ElementAt(_random.Next(_refs.Count));
        var told = new Told(++_ids, sender, target, (Deed)_random.Next((int)Deed.Count), AnyDirective());
        Sent.Add(told);
        target.Tell(told);
    }

    /// <summary>No actor, so that it outlives them all.</summary>
    private sealed class Book<TEvent>(List<TEvent> entries) : IActorRef<TEvent>
    {
        public ActorPath Path { get; } = new("/book");

        public void Tell(TEvent message) => entries.Add(message);

        public Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, TEvent> question, TimeSpan timeout, CancellationToken cancellation) => throw new NotSupportedException("A book answers nothing.");
    }

    internal enum Deed { Nothing, Throw, Stash, Unstash, SetTimer, CancelTimer, Pipe, FailPipe, Watch, Unwatch, StopOther, StopSelf, Send, Count }

    /// <summary>A message, or one that an actor sends itself for a promise it made.</summary>
    internal sealed record Told(int Id, int Sender, IActorRef<Told>? To, Deed Deed, Directive Directive)
    {
        public Promise? For { get; init; }
    }

    /// <summary>Something an actor asked for: it has to come exactly once, unless it was taken back or the one who asked is gone.</summary>
    internal sealed class Promise(Villain by, string what)
    {
        public Villain By { get; } = by;

        public string What { get; } = what;

        public IActorRef? Watched { get; init; }

        public bool TakenBack { get; set; }

        public int Kept { get; set; }
    }

    private sealed class Trouble(Directive directive) : Exception($"wants {directive}")
    {
        private Directive? _wanted = directive;

        /// <summary>What it wants of the first supervisor; one that it is escalated to does as it likes.</summary>
        public Directive DirectiveFor(Chaos chaos)
        {
            var wanted = _wanted ?? chaos.AnyDirective();
            _wanted = null;
            return wanted;
        }
    }

    internal sealed class Villain : Actor<Told>
    {
        private readonly Chaos _chaos;
        private readonly string _path;
        private readonly int _depth;
        private readonly Dictionary<string, Promise> _timers = [];
        private readonly Dictionary<IActorRef, Promise> _watches = [];

        public Villain(Chaos chaos, string path, int depth)
        {
            (_chaos, _path, _depth) = (chaos, path, depth);
            if (chaos._random.Next(20) == 0) throw new Trouble(chaos.AnyDirective());
            if (chaos.Alive.Any(other => other._path == path)) chaos.Violations.Add($"Two instances of {path}");
            if (chaos.Alive.Any(other => other._path.StartsWith(path + "/", StringComparison.Ordinal))) chaos.Violations.Add($"Children of an earlier instance of {path} live on");
            chaos.Alive.Add(this);
        }

        public new IActorRef Self => base.Self;

        protected override SupervisorStrategy SupervisorStrategy => new()
        {
            Decider = cause => (cause as Trouble ?? (Trouble?)cause.InnerException)?.DirectiveFor(_chaos) ?? Directive.Restart,
            MaxRestarts = int.MaxValue,
            Backoff = new Backoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20)),
        };

        protected override void PreStart()
        {
            _chaos._refs[_path] = base.Self;
            for (var i = 0; _depth < 2 && i < 2; i++)
            {
                var path = $"{_path}/{i}";
                Context.ActorOf(new Props<Told>(() => new Villain(_chaos, path, _depth + 1)) { MailboxCapacity = 6 }, $"{i}");
            }
        }

        protected override void PostStop()
        {
            if (!_chaos.Alive.Remove(this)) _chaos.Violations.Add($"{_path} ended twice");
        }

        protected override void Receive(Told message)
        {
            if (!_chaos.Alive.Contains(this)) _chaos.Violations.Add($"{_path} works after its end");
            if (message.For is { } promise)
            {
                promise.Kept++;
                if (promise.By != this) _chaos.Violations.Add($"{promise.What} reached another instance of {_path}");
                if (promise.TakenBack) _chaos.Violations.Add($"{promise.What} came although it was taken back");
                return;
            }

            if (message.Deed is Deed.Stash && _chaos._random.Next(4) != 0)
            {
                _chaos.PutAside.Add(message.Id);
                try
                {
                    Context.Stash();
                    return;
                }
                catch (StashOverflowException overflow)
                {
                    _chaos.Handled.Add(message);
                    throw Remember(overflow);
                }
            }

            _chaos.Handled.Add(message);
            Do(message);
        }

        private void Do(Told message)
        {
            var random = _chaos._random;
            switch (message.Deed)
            {
                case Deed.Throw:
                    throw Remember(new Trouble(message.Directive));
                case Deed.Unstash:
                    Context.UnstashAll();
                    break;
                case Deed.SetTimer:
                    SetTimer($"timer-{random.Next(2)}", TimeSpan.FromMilliseconds(random.Next(20)));
                    break;
                case Deed.CancelTimer:
                    CancelTimer($"timer-{random.Next(2)}");
                    break;
                case Deed.Pipe:
                    Pipe(fails: null);
                    break;
                case Deed.FailPipe:
                    Pipe(new Trouble(message.Directive));
                    break;
                case Deed.Watch:
                    Watch(Anybody());
                    break;
                case Deed.Unwatch:
                    var target = Anybody();
                    Context.Unwatch(target);
                    if (_watches.Remove(target, out var unwatched)) unwatched.TakenBack = true;
                    break;
                case Deed.StopOther when random.Next(8) == 0:
                    Context.Stop(Anybody());
                    break;
                case Deed.StopSelf when random.Next(4) == 0:
                    Context.StopSelf();
                    break;
                case Deed.Send:
                    _chaos.Send(sender: 10 + Math.Abs(_path.Length));
                    break;
            }
        }

        private IActorRef<Told> Anybody() => _chaos._refs.ElementAt(_chaos._random.Next(_chaos._refs.Count)).Value;

        private Exception Remember(Exception cause)
        {
            _chaos.Thrown.Add((_path, cause));
            return cause;
        }

        private void SetTimer(string name, TimeSpan delay)
        {
            CancelTimer(name, actually: false);
            _timers[name] = Promised(name);
            Context.Timers.StartSingle(name, Keep(_timers[name]), delay);
        }

        private void CancelTimer(string name, bool actually = true)
        {
            // A timer that has fired is taken back too late, and nobody is to blame for that.
            if (_timers.Remove(name, out var earlier) && earlier.Kept == 0) earlier.TakenBack = true;
            if (actually) Context.Timers.Cancel(name);
        }

        private void Watch(IActorRef target)
        {
            if (_watches.TryGetValue(target, out var earlier) && earlier.Kept == 0) earlier.TakenBack = true;
            var promise = new Promise(this, $"watch of {target.Path}") { Watched = target };
            _watches[target] = promise;
            _chaos._promises.Add(promise);
            Context.Watch(target, _ => Keep(promise));
        }

        private void Pipe(Exception? fails)
        {
            var promise = fails is null ? Promised("pipe") : null;
            var delay = TimeSpan.FromMilliseconds(_chaos._random.Next(20));
            var yields = _chaos._random.Next(5);
            Context.PipeToSelf(
                async cancellation =>
                {
                    // Half of it ends while other things are under way, and not only when time has passed.
                    if (yields % 2 == 0) await Task.Delay(delay, _chaos.Stage.Clock, cancellation);
                    for (var i = 0; i < yields; i++) await Task.Yield();
                    if (promise is not null) return Keep(promise);
                    _chaos._failedPipes.Add((this, fails!));
                    throw fails!;
                },
                message => message);
        }

        private Promise Promised(string what)
        {
            var promise = new Promise(this, what);
            _chaos._promises.Add(promise);
            return promise;
        }

        private static Told Keep(Promise promise) => new(0, 0, To: null, Deed.Nothing, Directive.Resume) { For = promise };
    }
}
