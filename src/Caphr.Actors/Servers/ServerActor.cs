using System.Globalization;
using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Servers;

/// <summary>
/// The shell around the lifecycle: events first, then the state, then the one effect that follows from it. It decides nothing itself.
/// No effect starts before Kubernetes was heard for the first time in this process, because only Kubernetes knows whether work is
/// paused.
/// </summary>
public sealed class ServerActor(ServerNumber number, Persistence<ServerEvent> persistence, IEffectInterpreter interpreter, Warrant warrant)
    : PersistentActor<ServerMessage, ServerEvent>(persistence)
{
    private const string IdPrefix = "server-";
    private const string StartTimer = "start";
    private const string DeadlineTimer = "deadline";

    private ServerState _state = ServerLifecycle.Start(number);
    private ServerWish? _wish;
    private EffectNote? _note;
    private Running? _running;
    private IDisposable? _commitment;
    private DateTimeOffset _lookedFrom;

    protected override string PersistenceId { get; } = IdOf(number);

    protected internal override string StateName => _state.Phase.ToString();

    public static string IdOf(ServerNumber number) => $"{IdPrefix}{number}";

    /// <summary>Null for what is not a server's.</summary>
    public static ServerNumber? NumberOf(string persistenceId) =>
        persistenceId.StartsWith(IdPrefix, StringComparison.Ordinal) && int.TryParse(persistenceId.AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new ServerNumber(value)
            : null;

    protected override void Apply(ServerEvent @event) => _state = ServerEvolution.Evolve(_state, @event);

    protected override void RecoveryCompleted()
    {
        // What ran on without us is looked at before it is called late.
        _lookedFrom = Context.Now + Limits.ProofTimeout;
        // Before any message: what was under way when the last process ended must be known as such before something new begins.
        if (LastSequence > 0) Hear(new ServerInput.Recovered());
        SetDeadline();
        Context.System.EventStream.Publish(new ServerRecovered(new ServerSnapshot(_state, _note)));
    }

    protected internal override void PostStop()
    {
        _running?.Dispose();
        _commitment?.Dispose();
        base.PostStop();
    }

    protected internal override void Receive(ServerMessage message)
    {
        ServerTraces.Mark(number, _state.Phase);
        switch (message)
        {
            case ServerMessage.Hear hear:
                Hear(hear.Input);
                break;
            case ServerMessage.LookAgain when _wish is { } wish:
                Hear(new ServerInput.WishObserved(wish));
                break;
            case ServerMessage.TimeToStart due when _wish is not null && ServerLifecycle.Outstanding(_state) is { } effect && effect.Key == due.Key:
                Begin(effect);
                break;
            case ServerMessage.Note note:
                Hear(note.Board.Take());
                break;
            case ServerMessage.Show show:
                show.ReplyTo.Tell(new ServerSnapshot(_state, _note));
                break;
            // A start that is no longer due.
            default:
                break;
        }
    }

    private EffectKey Key => new(number, _state.Step);

    private void Hear(ServerInput input)
    {
        ServerTraces.Mark(number, _state.Phase, input);
        var firstWish = input is ServerInput.WishObserved && _wish is null;
        var ended = input is ServerInput.Heard heard && heard.Key == Key;
        if (ended) Abandon();
        if (input is ServerInput.WishObserved observed)
        {
            _wish = observed.Wish;
            // Before anything is written, because that may take long.
            Reconsider();
        }

        var decision = ServerLifecycle.Decide(_state, input, Context.Now);
        if (decision.Effect is ServerEffect.PressReset && !MayPress(input)) return;
        // A timer of the system may fire some milliseconds early, and a clock may be set back: it is spent then, and the deadline is still to come.
        if (input is ServerInput.DeadlineCame && _state.Deadline > Context.Now) SetDeadline();
        Persist(decision.Events, () =>
        {
            if (!_state.IsPressing) Settle();
            Follow(decision, firstWish, ended);
        });
    }

    private void Hear(EffectNote? note)
    {
        // Of a step that is over, or the same again.
        if (note?.Key != Key || note == _note) return;
        _note = note;
        // It was looked for, and is not there: what is late may soon be called late, however often we are restarted.
        if (note.Missed && _lookedFrom > Context.Now + Limits.SecondLook)
        {
            _lookedFrom = Context.Now + Limits.SecondLook;
            SetDeadline();
        }

        Publish([]);
    }

    /// <summary>What runs asks for this itself, on a thread of its own, before it does what cannot be taken back.</summary>
    private void Reconsider()
    {
        if (_running is { } running && _wish is { } wish) running.IsWanted = ServerLifecycle.IsStillWanted(_state, wish, Context.Now);
    }

    private void Follow(Decision decision, bool firstWish, bool ended)
    {
        if (decision.Events.Count > 0)
        {
            if (_running is { } running && running.Key != Key) Abandon();
            SetDeadline();
            Publish(decision.Events);
            // Wishes are levels: what could not be granted in the state before may be due in this one.
            if (_wish is not null) Self.Tell(new ServerMessage.LookAgain());
        }

        if (_wish is null) return;
        if ((firstWish ? ServerLifecycle.Outstanding(_state) : decision.Effect) is { } effect) Schedule(effect);
        // The step came to an end that says nothing new, as when a person still has not mended what was said before: look again in a while.
        else if (ended && decision.Events.Count == 0) Context.Timers.StartSingle(StartTimer, new ServerMessage.TimeToStart(Key), Limits.PersonPace);
    }

    private void Schedule(ServerEffect effect)
    {
        if (effect.NotBefore is { } notBefore && notBefore > Context.Now) Context.Timers.StartSingle(StartTimer, new ServerMessage.TimeToStart(effect.Key), notBefore - Context.Now);
        else Begin(effect);
    }

    private void Begin(ServerEffect effect)
    {
        // A pause does not break off what runs, so after it the same step may still be running.
        if (_running?.Key == effect.Key) return;
        // What is handed over is the next owner's to begin. A reset that is intended already must be heard to say that it was not pressed.
        if (effect is not ServerEffect.PressReset && !warrant.IsInForce)
        {
            Context.Timers.StartSingle(StartTimer, new ServerMessage.TimeToStart(effect.Key), Limits.PersonPace);
            return;
        }

        var running = new Running(effect.Key);
        var phase = _state.Phase;
        _running = running;
        var notes = new NoteBoard(Self);
        Context.PipeToSelf(
            async incarnation =>
            {
                using var work = warrant.Work();
                using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(incarnation, running.Token);
                using var step = ServerTraces.Begin(effect, phase);
                var heard = await interpreter.CarryOutAsync(effect, warrant, () => running.IsWanted, notes, cancellation.Token);
                step.End(heard);
                return heard;
            },
            heard => new ServerMessage.Hear(heard),
            // Only cancellation ends here, and then the step is over: an answer with its key is not listened to any more.
            _ => new ServerMessage.Hear(new ServerInput.Heard.LeftUnknown(effect.Key, "The step was left.")));
    }

    private void Abandon()
    {
        _running?.Dispose();
        _running = null;
        _note = null;
        Context.Timers.Cancel(StartTimer);
    }

    /// <summary>
    /// A shard that is handed over waits from a reset's intention until what came of it is durable. Who may not act any more does not even write the intention, because
    /// whoever finds one must take the reset for pressed; the next owner comes to it anew.
    /// </summary>
    private bool MayPress(ServerInput input)
    {
        _commitment ??= warrant.Commit();
        if (_commitment is null) Context.Timers.StartSingle(StartTimer, input is ServerInput.WishObserved ? new ServerMessage.LookAgain() : new ServerMessage.TimeToStart(Key), Limits.PersonPace);
        return _commitment is not null;
    }

    private void Settle()
    {
        _commitment?.Dispose();
        _commitment = null;
    }

    private void SetDeadline()
    {
        if (_state is not { PausedSince: null, Deadline: { } until })
        {
            Context.Timers.Cancel(DeadlineTimer);
            return;
        }

        var at = until > _lookedFrom ? until : _lookedFrom;
        Context.Timers.StartSingle(DeadlineTimer, new ServerMessage.Hear(new ServerInput.DeadlineCame()), at > Context.Now ? at - Context.Now : TimeSpan.Zero);
    }

    private void Publish(IReadOnlyList<ServerEvent> events) => Context.System.EventStream.Publish(new ServerChanged(new ServerSnapshot(_state, _note), events));

    private sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _source;
        private volatile bool _isWanted = true;

        public Running(EffectKey key)
        {
            Key = key;
            _source = new CancellationTokenSource();
            Token = _source.Token;
        }

        public EffectKey Key { get; }

        public CancellationToken Token { get; }

        public bool IsWanted
        {
            get => _isWanted;
            set => _isWanted = value;
        }

        /// <summary>Nobody waits for the step any more.</summary>
        public void Dispose()
        {
            _source.Cancel();
            _source.Dispose();
        }
    }
}
