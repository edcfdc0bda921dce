namespace Caphr.Actors.Kernel;

/// <summary>
/// One instance's span of life, from its construction to its restart or stop. Work started in it is cancelled with it, and results of that work
/// are not delivered to the next one, which never asked for them.
/// </summary>
internal sealed class Incarnation : Ticket
{
    private CancellationTokenSource? _source;

    /// <summary>Already cancelled when the incarnation is over: a last hook that starts work starts nothing.</summary>
    public CancellationToken Token => IsVoid ? new CancellationToken(canceled: true) : (_source ??= new CancellationTokenSource()).Token;

    public override bool TryRedeem() => !IsVoid;

    /// <exception cref="AggregateException">What the work of this incarnation did on being cancelled. It is cancelled all the same.</exception>
    public void End()
    {
        Void();
        using var source = _source;
        _source = null;
        source?.Cancel();
    }
}

/// <summary>
/// The right of a queued message to be handled still. A cancelled timer, an unwatched actor or an earlier incarnation may have left messages in
/// the queue; their ticket is void by the time they reach its head. Voided and redeemed in the actor's turn only.
/// </summary>
internal abstract class Ticket
{
    protected bool IsVoid { get; private set; }

    /// <summary>The message comes when what caused it is long over, so in a trace it is not a part of it.</summary>
    public virtual bool OutlivesItsCause => false;

    public void Void() => IsVoid = true;

    public abstract bool TryRedeem();
}
