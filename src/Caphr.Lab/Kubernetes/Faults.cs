using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes;

/// <summary>What can go wrong with an API server, on command.</summary>
public sealed class Faults : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Planned> _planned = [];
    private CancellationTokenSource _watches = new();
    private int _cuts;

    internal Faults() { }

    internal CancellationToken WatchesDropped
    {
        get
        {
            lock (_gate) return _watches.Token;
        }
    }

    internal bool NetworkIsCut => Volatile.Read(ref _cuts) > 0;

    /// <summary>Breaks the connection of every open watch. New watches are served.</summary>
    public void DropWatches()
    {
        CancellationTokenSource dropped;
        lock (_gate)
        {
            dropped = _watches;
            _watches = new CancellationTokenSource();
        }

        dropped.Cancel();
        dropped.Dispose();
    }

    /// <summary>Until the returned value is disposed, every connection is broken without an answer, and so is every open watch.</summary>
    public IDisposable CutNetwork()
    {
        Interlocked.Increment(ref _cuts);
        DropWatches();
        return new Cut(this);
    }

    /// <summary>Answers the next requests with a status instead of serving them.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="statusCode">For example 409, 429, 500 or 503.</param>
    /// <param name="when">Only requests with this method and path count; null: all.</param>
    /// <param name="retryAfter">Sent as Retry-After, in whole seconds.</param>
    public void AnswerNext(int requests, int statusCode, Func<string, string, bool>? when = null, TimeSpan? retryAfter = null)
    {
        var refusal = new Refusal(ReasonFor(statusCode), $"the Lab was told to answer {statusCode}")
        {
            CodeOverride = statusCode,
            RetryAfterSeconds = retryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : null,
        };
        lock (_gate) _planned.Add(new Planned(refusal, when ?? ((_, _) => true)) { Left = requests });
    }

    public void Dispose() => _watches.Dispose();

    internal Refusal? Next(string method, string path)
    {
        lock (_gate)
        {
            if (_planned.Find(planned => planned.When(method, path)) is not { } found) return null;
            found.Left--;
            if (found.Left == 0) _planned.Remove(found);
            return found.Refusal;
        }
    }

    private static RefusalReason ReasonFor(int statusCode) => statusCode switch
    {
        403 => RefusalReason.Forbidden,
        404 => RefusalReason.NotFound,
        409 => RefusalReason.Conflict,
        410 => RefusalReason.Expired,
        422 => RefusalReason.Invalid,
        429 => RefusalReason.TooManyRequests,
        503 => RefusalReason.ServiceUnavailable,
        _ => statusCode < 500 ? RefusalReason.BadRequest : RefusalReason.InternalError,
    };

    private sealed record Planned(Refusal Refusal, Func<string, string, bool> When)
    {
        public int Left { get; set; }
    }

    private sealed class Cut(Faults faults) : IDisposable
    {
        private int _mended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _mended, 1) == 0) Interlocked.Decrement(ref faults._cuts);
        }
    }
}
