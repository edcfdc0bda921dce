using Caphr.Actors.Kernel;
using Caphr.Host.Effects;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>
/// One credential of Robot, and the only way to it. Decides whose turn it is: by lane, by what is left of each quota, and by whether Robot is to be asked
/// at all. What it decides by is pure (<see cref="Lanes{T}"/>, <see cref="AccountStanding"/>, <see cref="Budget"/>); the call itself is made by
/// <see cref="RobotCaller"/>.
/// </summary>
internal sealed class RobotAccount(RobotCaller caller, RobotNumbers numbers, RobotLogins logins) : Actor<RobotAccount.Message>
{
    /// <summary>Each of many thousand servers may have a question at once. One more is refused.</summary>
    public const int Capacity = 1 << 17;

    private static readonly TimeSpan s_reportPace = TimeSpan.FromSeconds(15);

    /// <summary>A trouble of Robot's that is over sooner than this is nobody's news; one that lasts is told to whoever asked.</summary>
    private static readonly TimeSpan s_hiccup = TimeSpan.FromSeconds(30);

    private readonly Lanes<Errand> _lanes = new();
    private readonly ResetTurns _turns = new();
    private readonly HashSet<Errand> _waiting = [];
    private readonly Dictionary<string, Errand> _shared = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Errand, DateTimeOffset> _deadlines = new();
    private readonly ReadCache _cache = new();
    private AccountStanding _standing = AccountStanding.New;
    private AccountStanding _reported = AccountStanding.New;
    private DateTimeOffset _reportedAt;
    private long _order;
    private int _underWay;

    protected override void PostStop() => logins.Close();

    protected override void Receive(Message message)
    {
        switch (message)
        {
            case Message.Ask ask:
                Hear(ask.Question);
                break;
            case Message.Ended ended:
                _underWay--;
                End(ended.End);
                break;
            case Message.TurnEnded over:
                _turns.End(over.Server);
                break;
            case Message.Show show:
                show.ReplyTo.Tell(numbers.Report(_standing, _waiting, _underWay, Context.Now));
                break;
        }

        Next();
        Report();
    }

    private void Hear(RobotQuestion question)
    {
        var now = Context.Now;
        if (question.Asker.IsCancellationRequested) return;
        if (question.Shared is { } path && Share(question, path, now))
        {
            numbers.Spared();
            return;
        }

        var closure = _standing.ClosureOf(question.Lane, question.Quota, now);
        if (closure?.Until > now + question.Patience) question.Refuse(RobotProblems.Closed(question.Quota, closure, now));
        else if (_waiting.Count >= Capacity) question.Refuse(RobotProblems.Full);
        else Enter(question.NewErrand(_order++, now));
    }

    /// <returns>Whether the question needs no call of its own.</returns>
    private bool Share(RobotQuestion question, string path, DateTimeOffset now)
    {
        if (question.OldestAnswer > TimeSpan.Zero && _cache.TryFind(path, now - question.OldestAnswer, out var known))
        {
            question.Answer(known);
            return true;
        }

        // Whoever must know what is does not take an answer to a question that was asked before. What is done already need not be done again.
        if (!_shared.TryGetValue(path, out var errand) || (errand is { StartedAt: not null, Changes: false } && question.Lane.OldestAnswer() == TimeSpan.Zero)) return false;
        var isMoreUrgent = errand.Join(question, now);
        if (errand.NextDeadline is { } deadline) _deadlines.Enqueue(errand, deadline);
        if (isMoreUrgent && errand.StartedAt is null) _lanes.Add(errand.Lane, errand.Quota, errand.Order, errand);
        return true;
    }

    private void Enter(Errand errand)
    {
        _waiting.Add(errand);
        if (errand is Turn turn) _turns.Wait(turn);
        else _lanes.Add(errand.Lane, errand.Quota, errand.Order, errand);
        if (errand.Shared is { } path) _shared[path] = errand;
        if (errand.NextDeadline is { } deadline) _deadlines.Enqueue(errand, deadline);
    }

    private void Next()
    {
        var now = Context.Now;
        RefuseOverdue(now);
        _standing = _standing.Reopened(now);
        while (_turns.TryGrant(_standing, numbers.Room(RobotAsks.Resets, RobotLane.Provision), now, out var turn))
        {
            if (!_waiting.Remove(turn)) continue;
            if (turn.IsWanted) _turns.Begin(turn, now);
            turn.Deliver();
        }

        while (_underWay < _standing.CallsAtOnce(now) && _lanes.TryTake((lane, quota) => _standing.IsOpen(lane, quota, now), out var errand))
        {
            // One that became more urgent stands in two lanes.
            if (!_waiting.Remove(errand)) continue;
            if (!errand.IsWanted)
            {
                Leave(errand);
                continue;
            }

            _underWay++;
            errand.StartedAt = now;
            Context.PipeToSelf(cancellation => caller.CarryOutAsync(errand, cancellation), Message (end) => new Message.Ended(end));
        }

        LookAgain(now);
    }

    private void End(CallEnd end)
    {
        var (now, errand) = (Context.Now, end.Errand);
        switch (end)
        {
            case CallEnd.Answered answered:
                numbers.Answered(answered);
                _standing = answered.Failure is { } failure ? _standing.Failed(failure, errand.Quota, now, Context.System.Random.NextDouble()) : _standing.Accepted(errand.Quota, now);
                if (WasNotDone(answered.Failure) && _standing.Whole?.Until <= errand.Since + s_hiccup) PutBack(errand, now);
                else Deliver(answered);
                break;
            case CallEnd.Withheld withheld:
                if (withheld.Why is Closed.CredentialsRejected) _standing = _standing.Rejected(now);
                else if (withheld.Why is { } why) _standing = _standing.Held(why, now, now + TimeSpan.FromSeconds(1));
                Leave(errand);
                errand.Refuse(withheld.Problem);
                break;
            case CallEnd.Later later:
                if (later.Used is { } used) numbers.Used(errand.Quota, used);
                _standing = later.Why switch
                {
                    Closed.BudgetSpent => _standing.Spent(errand.Lane, errand.Quota, now, later.Until),
                    Closed.RateLimited => _standing.Paused(errand.Quota, later.Why, now, later.Until),
                    _ => _standing.Held(later.Why, now, later.Until),
                };
                PutBack(errand, now);
                break;
            case CallEnd.NotWanted:
                Leave(errand);
                break;
        }

        if (_standing.Whole is not { Why: Closed.CredentialsRejected } rejection) return;
        // What an earlier login was told is no proof for the next one.
        _cache.Clear();
        if (rejection.Since == now) RefuseAll(RobotProblems.CredentialsRejected);
    }

    private static bool WasNotDone(RobotFailure? failure) => failure?.Error is RobotError.Maintenance or RobotError.Unreachable;

    private void Deliver(CallEnd.Answered answered)
    {
        var errand = answered.Errand;
        Leave(errand);
        var value = errand.Deliver();
        if (answered.Failure is null && errand.Shared is { } path && errand.Keeps > TimeSpan.Zero) _cache.Keep(path, value, errand.StartedAt!.Value);
        // It may have been done even if it failed.
        if (errand.Changes) _cache.Forget(errand.Quota.Family);
    }

    private void PutBack(Errand errand, DateTimeOffset now)
    {
        errand.StartedAt = null;
        Enter(errand);
        foreach (var (lane, quota, waiting) in _lanes.Everything().Concat(_turns.Everything()).Where(one => one.Quota == errand.Quota).ToList())
        {
            if (_standing.ClosureOf(lane, quota, now) is { Until: { } until } closure) Refuse(waiting, until, RobotProblems.Closed(quota, closure, now));
        }
    }

    private void Refuse(Errand errand, DateTimeOffset ifDueBy, StepProblem problem)
    {
        errand.RefuseIfDueBy(ifDueBy, problem);
        if (!errand.IsWanted) Leave(errand);
    }

    private void RefuseOverdue(DateTimeOffset now)
    {
        while (_deadlines.TryPeek(out var errand, out var deadline) && deadline <= now)
        {
            _deadlines.Dequeue();
            // A call that is under way ends soon, and what it did is worth knowing.
            if (errand.StartedAt is not null) continue;
            Refuse(errand, now, RobotProblems.TooLate(errand.Quota, now - errand.Since, _standing.ClosureOf(errand.Lane, errand.Quota, now)));
            if (errand.NextDeadline is { } next) _deadlines.Enqueue(errand, next);
        }
    }

    private void RefuseAll(StepProblem problem)
    {
        foreach (var errand in _waiting.ToList())
        {
            Leave(errand);
            errand.Refuse(problem);
        }
    }

    private void Leave(Errand errand)
    {
        _waiting.Remove(errand);
        if (errand.Shared is { } path && _shared.GetValueOrDefault(path) == errand) _shared.Remove(path);
    }

    /// <summary>Nobody else tells when an endpoint opens again, or when somebody has waited too long.</summary>
    private void LookAgain(DateTimeOffset now)
    {
        var next = _lanes.Occupied().Concat(_turns.Occupied()).Select(one => _standing.ClosureOf(one.Lane, one.Quota, now)?.Until).Min();
        if (_turns.NextEnd is { } end && !(next < end)) next = end;
        if (_deadlines.TryPeek(out _, out var deadline) && !(next < deadline)) next = deadline;
        if (next is { } at) Context.Timers.StartSingle("next", new Message.Look(), at > now ? at - now : TimeSpan.Zero);
        else Context.Timers.Cancel("next");
    }

    private void Report()
    {
        var now = Context.Now;
        if (_standing.Whole == _reported.Whole && ReferenceEquals(_standing.Endpoints, _reported.Endpoints) && now - _reportedAt < s_reportPace) return;
        (_reported, _reportedAt) = (_standing, now);
        Context.System.EventStream.Publish(numbers.Report(_standing, _waiting, _underWay, now));
    }

    internal abstract record Message
    {
        private Message() { }

        internal sealed record Ask(RobotQuestion Question) : Message;

        internal sealed record Show(IActorRef<RobotReport> ReplyTo) : Message;

        internal sealed record Ended(CallEnd End) : Message;

        internal sealed record TurnEnded(int Server) : Message;

        internal sealed record Look : Message;
    }
}
