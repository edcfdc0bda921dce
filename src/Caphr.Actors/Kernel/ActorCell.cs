using System.Diagnostics;

namespace Caphr.Actors.Kernel;

/// <summary>
/// The life of one actor, apart from its messages: start, failure, restart, stop, children and watchers. The cell is what references point to; it
/// outlives the instances of the actor. Everything runs in the cell's turn unless a comment says otherwise.
/// </summary>
internal abstract class ActorCell(ActorSystem system, ActorCell? parent, ActorPath path) : IActorRef, IWatcher
{
    // Null until first needed, as everything that most actors never need: there may be thousands.
    private List<IWatcher>? _watchers;
    private List<(SystemMessage.ChildFailed Failed, SupervisorStrategy Strategy)>? _escalated;

    // What reached the actor while it was suspended. It counts once the actor goes on, and not at all if it does not.
    private List<SystemMessage>? _postponed;
    private ITimer? _restartTimer;
    private SystemMessage.Restart? _pendingRestart;
    private volatile string? _lastFailure;
    private volatile Phase _phase;

    private enum Phase
    {
        Created,
        Running,

        /// <summary>Failed, and the supervisor has not decided yet.</summary>
        Suspended,

        /// <summary>Will be restarted: waits for its children to stop, then for the backoff.</summary>
        Restarting,

        /// <summary>Waits for its children to stop, then stops.</summary>
        Stopping,
        Stopped,
    }

    public ActorSystem System { get; } = system;

    public ActorCell? Parent { get; } = parent;

    public ActorPath Path { get; } = path;

    public Children Children { get; } = new();

    public Incarnation Incarnation { get; private set; } = new();

    public int Restarts { get; private set; }

    protected bool IsRunning => _phase is Phase.Running;

    protected bool IsStopped => _phase is Phase.Stopped;

    protected abstract Actor? Instance { get; }

    /// <summary>Kept while there is no instance, because that is when somebody looks.</summary>
    protected abstract string ActorType { get; }

    protected abstract int MailboxDepth { get; }

    protected abstract string? Waiting { get; }

    /// <summary>The type of the message whose handling waits for an answer.</summary>
    protected abstract Type? UnderWay { get; }

    /// <summary>From any thread.</summary>
    public abstract void Post(SystemMessage message);

    public void OnTerminated(ActorCell watched) => Post(new SystemMessage.WatchedTerminated(watched));

    /// <summary>From any thread.</summary>
    public ActorNode Look() => new(
        Path,
        ActorType,
        State: Instance?.StateName ?? "",
        Activity: _phase is Phase.Running && Waiting is { } waiting ? waiting : _phase.ToString(),
        MailboxDepth,
        Restarts,
        _lastFailure,
        [.. Children.All.Select(child => child.Look()).OrderBy(child => child.Path.Value, StringComparer.Ordinal)]);

    public IActorRef<TChild> ActorOf<TChild>(Props<TChild> props, string name)
    {
        var child = new ActorCell<TChild>(System, this, Path.Child(name), props);
        Children.Add(child);
        child.Post(new SystemMessage.Start());
        return child;
    }

    protected abstract Actor CreateInstance();

    /// <summary>The instance is over: forget it and everything that belonged to it.</summary>
    protected abstract void ReleaseInstance();

    protected abstract void OnWatchedTerminated(ActorCell watched);

    protected abstract void OnContinue(SystemMessage.Continue answer);

    /// <summary>The mailbox takes nothing more; what is left in it goes to dead letters, and late watchers are returned.</summary>
    protected abstract IEnumerable<IWatcher> CloseMailbox();

    protected void Handle(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.Start when _phase is Phase.Created:
                Incarnate(restartedBecause: null);
                break;
            case SystemMessage.Stop:
                BeginStop();
                break;
            case SystemMessage.Resume when _phase is Phase.Suspended:
                GoOn();
                break;
            case SystemMessage.Restart restart when _phase is Phase.Suspended:
                BeginRestart(restart);
                break;
            case SystemMessage.RestartDue due when _phase is Phase.Restarting:
                Incarnate(due.Cause);
                break;
            case SystemMessage.ChildFailed failed:
                Supervise(failed);
                break;
            case SystemMessage.ChildTerminated terminated:
                OnChildTerminated(terminated.Child);
                break;
            case SystemMessage.Watch watch:
                _watchers ??= [];
                if (!_watchers.Contains(watch.Watcher)) _watchers.Add(watch.Watcher);
                break;
            case SystemMessage.Unwatch unwatch:
                _watchers?.Remove(unwatch.Watcher);
                break;
            case SystemMessage.WatchedTerminated terminated:
                OnWatchedTerminated(terminated.Watched);
                break;
            case SystemMessage.Result result when _phase is Phase.Suspended && result.Incarnation == Incarnation:
                (_postponed ??= []).Add(result);
                break;
            case SystemMessage.Continue answer when _phase is Phase.Running && answer.Incarnation == Incarnation:
                OnContinue(answer);
                break;
            case SystemMessage.PipeFailed failed when _phase is Phase.Running && failed.Incarnation == Incarnation:
                Fail(failed.Cause, UnderWay);
                break;
            default:
                // Late for this phase: a restart of an actor that is stopping, an answer to an instance that is gone.
                break;
        }
    }

    /// <summary>Suspends the actor and leaves the decision to its supervisor.</summary>
    protected void Fail(Exception cause, Type? messageType)
    {
        _phase = Phase.Suspended;
        _lastFailure = $"{cause.GetType().Name}: {cause.Message}";
        if (Parent is null) System.OnGuardianFailed(cause);
        else Parent.Post(new SystemMessage.ChildFailed(this, cause, messageType));
    }

    private void Incarnate(Exception? restartedBecause)
    {
        _restartTimer?.Dispose();
        _restartTimer = null;
        _phase = Phase.Running;
        Children.Open();
        Guarded(
            () =>
            {
                var actor = CreateInstance();
                if (restartedBecause is null) actor.PreStart();
                else actor.PostRestart(restartedBecause);
                actor.Started();
            },
            cause => Fail(new ActorInitializationException(Path, cause), messageType: null));
    }

    private void GoOn()
    {
        _phase = Phase.Running;
        foreach (var (failed, strategy) in _escalated ?? [])
        {
            if (failed.Child.MayResume(failed.Cause)) failed.Child.Post(new SystemMessage.Resume());
            else CarryOut(failed, strategy, Directive.Restart);
        }

        foreach (var message in _postponed ?? []) Post(message);
        (_escalated, _postponed) = (null, null);
    }

    private void BeginRestart(SystemMessage.Restart restart)
    {
        _phase = Phase.Restarting;
        Restarts++;
        EndInstance(actor => actor.PreRestart(restart.Cause));
        _pendingRestart = restart;
        Children.CloseAndStop();
        if (Children.IsEmpty) AwaitBackoff();
    }

    private void AwaitBackoff()
    {
        var restart = _pendingRestart ?? throw new UnreachableException("A restart without a cause.");
        _pendingRestart = null;
        if (restart.Delay <= TimeSpan.Zero) Incarnate(restart.Cause);
        else
        {
            _restartTimer = System.Clock.CreateTimer(
                _ => Post(new SystemMessage.RestartDue(restart.Cause)), state: null, restart.Delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void BeginStop()
    {
        if (_phase is Phase.Stopping or Phase.Stopped) return;
        _phase = Phase.Stopping;
        _restartTimer?.Dispose();
        // Whatever was under way ends now; the instance itself is told last, after its children.
        EndIncarnation();
        Children.CloseAndStop();
        if (Children.IsEmpty) FinishStop();
    }

    private void FinishStop()
    {
        EndInstance(actor => actor.PostStop());
        _phase = Phase.Stopped;
        IEnumerable<IWatcher> watchers = [.. _watchers ?? [], .. CloseMailbox()];
        _watchers = null;
        // The parent first: who is told of a death may at once start a successor of the same name.
        Parent?.Post(new SystemMessage.ChildTerminated(this));
        foreach (var watcher in watchers) watcher.OnTerminated(this);
        if (Parent is null) System.OnGuardianStopped();
    }

    private void EndInstance(Action<Actor> lastCall)
    {
        if (Instance is { } actor) Guarded(() => lastCall(actor), ReportOnly);
        EndIncarnation();
        Incarnation = new Incarnation();
        (_escalated, _postponed) = (null, null);
        ReleaseInstance();
    }

    private void EndIncarnation() => Guarded(Incarnation.End, ReportOnly);

    private void OnChildTerminated(ActorCell child)
    {
        Children.Remove(child);
        _escalated?.RemoveAll(escalated => escalated.Failed.Child == child);
        if (!Children.IsEmpty) return;
        if (_phase is Phase.Stopping) FinishStop();
        else if (_phase is Phase.Restarting && _pendingRestart is not null) AwaitBackoff();
    }

    private void Supervise(SystemMessage.ChildFailed failed)
    {
        var (strategy, directive) = Decide(failed.Cause);
        if (directive is Directive.Escalate && _phase is not (Phase.Running or Phase.Suspended)) directive = Directive.Stop;
        if (directive is Directive.Resume && !failed.Child.MayResume(failed.Cause)) directive = Directive.Restart;
        CarryOut(failed, strategy, directive);
    }

    private void CarryOut(SystemMessage.ChildFailed failed, SupervisorStrategy strategy, Directive directive)
    {
        var (child, cause) = (failed.Child, failed.Cause);
        if (!Children.TryGetHistory(child, out var history)) return;

        var delay = TimeSpan.Zero;
        if (directive is Directive.Restart && !history.TryGrant(strategy, System.Clock, System.Random, out delay)) directive = Directive.Stop;
        System.EventStream.Publish(new ActorFailed(child.Path, failed.MessageType, cause, directive, delay));

        switch (directive)
        {
            case Directive.Resume:
                child.Post(new SystemMessage.Resume());
                break;
            case Directive.Restart:
                child.Post(new SystemMessage.Restart(cause, delay));
                break;
            case Directive.Stop:
                child.Post(new SystemMessage.Stop());
                break;
            case Directive.Escalate:
                (_escalated ??= []).Add((failed, strategy));
                if (_phase is Phase.Running) Fail(cause, messageType: null);
                break;
        }
    }

    private (SupervisorStrategy Strategy, Directive Directive) Decide(Exception cause)
    {
        // Without an instance there is nobody to ask, and the child is being stopped anyhow.
        if (Instance is not { } supervisor) return (SupervisorStrategy.Default, Directive.Stop);
        var decision = (SupervisorStrategy.Default, Directive.Escalate);
        // A supervisor that cannot decide leaves the decision to its own.
        Guarded(
            () =>
            {
                var strategy = supervisor.SupervisorStrategy;
                decision = (strategy, strategy.Decider(cause));
            },
            ReportOnly);
        return decision;
    }

    private bool MayResume(Exception cause) => cause is not ActorInitializationException && Instance is { MayResume: true };

    /// <summary>Something of the actor's failed where nothing can be decided about it any more.</summary>
    protected void ReportOnly(Exception cause) => System.EventStream.Publish(new ActorFailed(Path, MessageType: null, cause, Directive.Resume, TimeSpan.Zero));

    /// <summary>The boundary between the kernel and code of an actor: whatever it throws becomes a failure of that actor and of nothing else.</summary>
    protected static void Guarded(Action actorCode, Action<Exception> failed)
    {
        try
        {
            actorCode();
        }
#pragma warning disable CA1031 // Supervision is about every exception that an actor may throw.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            failed(cause);
        }
    }
}
