namespace Caphr.Actors.Kernel;

/// <summary>The reference that one question is answered to. The first answer counts; later ones have nobody waiting for them.</summary>
internal sealed class Promise<TReply>(ActorSystem system, ActorPath asked) : IActorRef<TReply>
{
    private readonly TaskCompletionSource<TReply> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ActorPath Path { get; } = asked.Child("answer");

    public void Tell(TReply message)
    {
        if (!_answer.TrySetResult(message)) system.EventStream.PublishDeadLetter(Path, message!, DeadLetterReason.Stopped);
    }

    public Task<TOther> Ask<TOther>(Func<IActorRef<TOther>, TReply> question, TimeSpan timeout, CancellationToken cancellation = default) =>
        Promise<TOther>.Ask(system, this, question, timeout, cancellation);

    public static async Task<TReply> Ask<TMessage>(
        ActorSystem system, IActorRef<TMessage> target, Func<IActorRef<TReply>, TMessage> question, TimeSpan timeout, CancellationToken cancellation)
    {
        var promise = new Promise<TReply>(system, target.Path);
        using var timer = system.Clock.CreateTimer(
            _ => promise._answer.TrySetException(new AskTimeoutException(target.Path, timeout)), state: null, timeout, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellation.Register(() => promise._answer.TrySetCanceled(cancellation));
        target.Tell(question(promise));
        return await promise._answer.Task;
    }
}

/// <summary>
/// A reference that translates what it is told into a message of the actor behind it. It runs in the turn of whoever tells, whom a translation that
/// fails does not concern: it is recorded as a failure of the actor that gave it, whose state it cannot have touched.
/// </summary>
internal sealed class Adapter<TForeign, TMessage>(ActorSystem system, IActorRef<TMessage> target, Func<TForeign, TMessage> map) : IActorRef<TForeign>
{
    public ActorPath Path => target.Path;

    public void Tell(TForeign message)
    {
        TMessage translated;
        try
        {
            translated = map(message);
        }
#pragma warning disable CA1031 // Whatever a translation throws is not for the one who tells.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            system.EventStream.PublishTrouble(new ActorFailed(Path, typeof(TForeign), cause, Directive.Resume, TimeSpan.Zero));
            return;
        }

        target.Tell(translated);
    }

    public Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, TForeign> question, TimeSpan timeout, CancellationToken cancellation = default) =>
        Promise<TReply>.Ask(system, this, question, timeout, cancellation);
}
