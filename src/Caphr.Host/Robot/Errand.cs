using System.Diagnostics;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>One call on its way to its turn, with all who wait for its answer. Belongs to its account; only <see cref="RunAsync"/> runs beside it.</summary>
internal abstract class Errand(RobotQuestion first, long order, DateTimeOffset now)
{
    private readonly List<(RobotQuestion Question, DateTimeOffset Deadline)> _waiting = [(first, now + first.Patience)];

    public long Order { get; } = order;

    public DateTimeOffset Since { get; } = now;

    public RobotLane Lane { get; private set; } = first.Lane;

    public RobotQuota Quota { get; } = first.Quota;

    public string? Shared { get; } = first.Shared;

    public bool Changes { get; } = first.Changes;

    public TimeSpan Keeps { get; } = first.Keeps;

    public Warrant? Warrant { get; } = first.Warrant;

    public WhyNot? WhyNot { get; } = first.WhyNot;

    /// <summary>Of a call that others share, nobody alone decides the end.</summary>
    public CancellationToken Asker { get; } = first.Shared is null ? first.Asker : CancellationToken.None;

    /// <summary>When the call began; null before it has begun.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public bool IsWanted => _waiting.Exists(one => !one.Question.Asker.IsCancellationRequested);

    public DateTimeOffset? NextDeadline => _waiting.Count == 0 ? null : _waiting.Min(one => one.Deadline);

    /// <returns>Whether the call has become more urgent.</returns>
    public bool Join(RobotQuestion question, DateTimeOffset now)
    {
        _waiting.Add((question, now + question.Patience));
        if (question.Lane >= Lane) return false;
        Lane = question.Lane;
        return true;
    }

    /// <summary>Refuses those who do not want to wait until then.</summary>
    public void RefuseIfDueBy(DateTimeOffset until, StepProblem problem)
    {
        foreach (var (question, _) in _waiting.Where(one => one.Deadline <= until)) question.Refuse(problem);
        _waiting.RemoveAll(one => one.Deadline <= until);
    }

    public void Refuse(StepProblem problem) => RefuseIfDueBy(DateTimeOffset.MaxValue, problem);

    public abstract Task<RobotFailure?> RunAsync(RobotClient client, CancellationToken cancellation);

    /// <summary>Gives everybody what the call has brought.</summary>
    /// <returns>The value, if there is one.</returns>
    public abstract object? Deliver();

    protected void Answer(object? value)
    {
        foreach (var (question, _) in _waiting) question.Answer(value);
        _waiting.Clear();
    }
}

internal sealed class Errand<T>(RobotQuestion<T> first, long order, DateTimeOffset now) : Errand(first, order, now)
{
    private Outcome<T, RobotFailure>? _outcome;

    public override async Task<RobotFailure?> RunAsync(RobotClient client, CancellationToken cancellation)
    {
        var outcome = await first.Ask.Call(client, cancellation);
        _outcome = outcome;
        return outcome.Failure;
    }

    public override object? Deliver()
    {
        if (_outcome!.Value.TryGet(out var value, out var failure)) Answer(value);
        else Refuse(StepProblem.From(failure));
        return value;
    }
}

/// <summary>Nothing is asked of Robot: it waits for its turn like a reset, and then it is over.</summary>
internal sealed class Turn(TurnQuestion first, long order, DateTimeOffset now) : Errand(first, order, now)
{
    public int Server { get; } = first.Server;

    public override Task<RobotFailure?> RunAsync(RobotClient client, CancellationToken cancellation) => throw new UnreachableException("A turn is granted, and not carried out.");

    public override object? Deliver()
    {
        Answer(default(Done));
        return null;
    }
}
