namespace Caphr.Actors.Kernel;

/// <summary>
/// A tree of actors with everything they share: clock, chance, dispatcher, event stream. It logs nothing itself; what went wrong is published as
/// <see cref="ActorFailed"/> and <see cref="DeadLetter"/>.
/// </summary>
public sealed class ActorSystem : IAsyncDisposable
{
    private readonly ActorCell<Nothing> _guardian;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    /// <param name="random">May be seeded and need not be safe for several threads.</param>
    /// <param name="guardianStrategy">How failures of the actors at the top are treated. What they escalate ends the whole system.</param>
    public ActorSystem(string name, TimeProvider clock, Random random, IDispatcher dispatcher, SupervisorStrategy? guardianStrategy = null)
    {
        Name = name;
        Clock = clock;
        Random = new SharedRandom(random);
        Dispatcher = dispatcher;
        _guardian = new ActorCell<Nothing>(this, parent: null, ActorPath.Root, Props.Create(() => new Guardian(guardianStrategy ?? SupervisorStrategy.Default)));
        _guardian.Post(new SystemMessage.Start());
    }

    public string Name { get; }

    public TimeProvider Clock { get; }

    /// <summary>Safe to use from every actor.</summary>
    public Random Random { get; }

    public IDispatcher Dispatcher { get; }

    public EventStream EventStream { get; } = new();

    /// <summary>Completes when every actor has stopped; fails with the exception that was escalated beyond the top, if one was.</summary>
    public Task WhenTerminated => _terminated.Task;

    /// <summary>Starts an actor at the top of the tree. From any thread.</summary>
    public IActorRef<TMessage> ActorOf<TMessage>(Props<TMessage> props, string name) => _guardian.ActorOf(props, name);

    /// <summary>Stops an actor after the message it is handling. From any thread.</summary>
    public Task Stop(IActorRef actor)
    {
        var cell = CellOf(actor);
        var end = new End();
        cell.Post(new SystemMessage.Watch(end));
        cell.Post(new SystemMessage.Stop());
        return end.Task;
    }

    /// <summary>Completes when the actor has stopped for good.</summary>
    public Task WhenStopped(IActorRef actor)
    {
        var end = new End();
        CellOf(actor).Post(new SystemMessage.Watch(end));
        return end.Task;
    }

    /// <summary>Stops all actors, children before their parents.</summary>
    public Task Terminate()
    {
        _guardian.Post(new SystemMessage.Stop());
        return WhenTerminated;
    }

    public ActorNode Tree() => _guardian.Look();

    public async ValueTask DisposeAsync() => await Terminate();

    internal ActorCell CellOf(IActorRef actor) =>
        actor is ActorCell cell && cell.System == this ? cell : throw new ArgumentException($"{actor.Path} is not an actor of {Name}.", nameof(actor));

    internal void OnGuardianFailed(Exception cause)
    {
        _failure = cause;
        _guardian.Post(new SystemMessage.Stop());
    }

    internal void OnGuardianStopped()
    {
        if (_failure is null) _terminated.TrySetResult();
        else _terminated.TrySetException(_failure);
    }

    /// <summary>The messages of the guardian: there are none.</summary>
    private abstract record Nothing;

    private sealed class Guardian(SupervisorStrategy strategy) : Actor<Nothing>
    {
        protected internal override SupervisorStrategy SupervisorStrategy => strategy;

        protected internal override void Receive(Nothing message) { }
    }

    private sealed class End : IWatcher
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _end.Task;

        public void OnTerminated(ActorCell watched) => _end.TrySetResult();
    }

    // One Random for the whole system: with a deterministic dispatcher, one seed then decides everything.
    private sealed class SharedRandom(Random inner) : Random(Seed: 0)
    {
        private readonly Lock _gate = new();

        public override int Next()
        {
            lock (_gate) return inner.Next();
        }

        public override void NextBytes(byte[] buffer)
        {
            lock (_gate) inner.NextBytes(buffer);
        }

        public override void NextBytes(Span<byte> buffer)
        {
            lock (_gate) inner.NextBytes(buffer);
        }

        public override int Next(int maxValue)
        {
            lock (_gate) return inner.Next(maxValue);
        }

        public override int Next(int minValue, int maxValue)
        {
            lock (_gate) return inner.Next(minValue, maxValue);
        }

        public override double NextDouble()
        {
            lock (_gate) return inner.NextDouble();
        }

        protected override double Sample() => NextDouble();
    }
}
