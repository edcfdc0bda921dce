using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>What somebody wants of an account. Answered exactly once, unless nobody waits any more.</summary>
internal abstract record RobotQuestion(RobotLane Lane, RobotQuota Quota)
{
    public string? Shared { get; init; }

    public bool Changes { get; init; }

    public TimeSpan Keeps { get; init; }

    /// <summary>For how long the asker is content to wait for the turn.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>Cancelled when nobody waits for the answer any more: a call that nobody waits for is not made.</summary>
    public CancellationToken Asker { get; init; }

    /// <summary>Under what right it changes something; null for a question.</summary>
    public Warrant? Warrant { get; init; }

    /// <summary>Asked last of all, behind every wait.</summary>
    public WhyNot? WhyNot { get; init; }

    public TimeSpan OldestAnswer => Lane.OldestAnswer() < Keeps ? Lane.OldestAnswer() : Keeps;

    public abstract Errand NewErrand(long order, DateTimeOffset now);

    public abstract void Answer(object? known);

    public abstract void Refuse(StepProblem problem);
}

internal sealed record RobotQuestion<T>(RobotAsk<T> Ask, RobotLane Lane, IActorRef<Outcome<T, StepProblem>> ReplyTo) : RobotQuestion(Lane, Ask.Quota)
{
    public override Errand NewErrand(long order, DateTimeOffset now) => new Errand<T>(this, order, now);

    // What is stored under the path of a question is an answer to that question.
    public override void Answer(object? known) => ReplyTo.Tell(Outcome<T, StepProblem>.Of((T)known!));

    public override void Refuse(StepProblem problem) => ReplyTo.Tell(problem);
}

/// <summary>Whether a server may set out on what ends with its reset. That is no call: it is granted, or refused with the time to wait.</summary>
internal sealed record TurnQuestion(int Server, RobotLane Lane, IActorRef<Outcome<Done, StepProblem>> ReplyTo) : RobotQuestion(Lane, RobotAsks.Resets)
{
    public override Errand NewErrand(long order, DateTimeOffset now) => new Turn(this, order, now);

    public override void Answer(object? known) => ReplyTo.Tell(Outcome<Done, StepProblem>.Of(default));

    public override void Refuse(StepProblem problem) => ReplyTo.Tell(problem);
}
