using Caphr.Protocols;

namespace Caphr.Lab.StandIns.Moving;

public enum MoveError
{
    /// <summary>Before anything was touched: a Cluster or a Machine is not complete, and its controller would begin anew on the other side.</summary>
    NotReady,

    /// <summary>Before anything was touched: somebody paused a Cluster, and the move would end that pause.</summary>
    AlreadyPaused,

    /// <summary>The Clusters are paused, and an object says that it must not be moved just now.</summary>
    Blocked,

    /// <summary>One of the two API servers refused a call. What was made on the target before that stays there.</summary>
    Refused,
}

/// <summary>Why a move did not come to its end. It can be begun again: what is on the target already is not made twice.</summary>
public sealed record MoveFailure(MoveError Error, string Sentence)
{
    public RetryClass Retry => Error switch
    {
        MoveError.NotReady or MoveError.Blocked => RetryClass.WithBackoff,
        MoveError.AlreadyPaused => RetryClass.NeedsHuman,
        MoveError.Refused => RetryClass.Unknown,
    };

    public override string ToString() => $"{Error}: {Sentence}";
}
