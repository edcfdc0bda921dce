namespace Caphr.Protocols;

/// <summary>A token that is cancelled by the caller or by the clock, and remembers which.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;

    public Deadline(TimeSpan after, TimeProvider clock, CancellationToken caller)
    {
        _caller = caller;
        _limit = new CancellationTokenSource(after, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, caller);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>It was the clock. A caller who cancelled as well is told so by the exception, not by a failure.</summary>
    public bool Passed => _limit.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Dispose()
    {
        _either.Dispose();
        _limit.Dispose();
    }
}
