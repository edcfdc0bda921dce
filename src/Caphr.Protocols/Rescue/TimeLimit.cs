namespace Caphr.Protocols.Rescue;

/// <summary>The caller's cancellation and a limit of ours in one token, and afterwards the knowledge which of the two it was.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;

    internal TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _caller = caller;
        _limit = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _limit.Token);
    }

    internal CancellationToken Token => _either.Token;

    /// <summary>The limit, and not the caller: a caller who cancelled wants no answer.</summary>
    internal bool Expired => _limit.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Dispose()
    {
        _either.Dispose();
        _limit.Dispose();
    }
}
