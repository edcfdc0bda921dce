using System.Text;

namespace Caphr.Protocols.Robot;

/// <summary>
/// A Robot call that did not succeed. Holds only what Robot said about it and which call it was: never a credential and never what was sent.
/// </summary>
public sealed record RobotFailure
{
    public required RobotError Error { get; init; }

    public required HttpMethod Method { get; init; }

    /// <summary>The path with its variable parts named, such as <c>/reset/{server}</c>: the unit that quotas are counted by.</summary>
    public required string Template { get; init; }

    /// <summary>Robot's own word for it, such as <c>RESET_MANUAL_ACTIVE</c>.</summary>
    public string? Code { get; init; }

    public int? Status { get; init; }

    /// <summary>One sentence for a person, of bounded length.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The window of an exhausted quota, where Robot named it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A read that went wrong can be asked again. A write that may have been carried out must be observed first.</summary>
    public bool ChangesSomething => Method != HttpMethod.Get;

    public RetryClass Retry => Error switch
    {
        RobotError.InvalidInput
            or RobotError.ServerNotFound
            or RobotError.NotFound
            or RobotError.ResetNotAvailable
            or RobotError.BootNotAvailable => RetryClass.Never,
        RobotError.Unauthorized or RobotError.Forbidden or RobotError.Untrusted => RetryClass.NeedsHuman,
        RobotError.RateLimited => RetryAfter is null ? RetryClass.WithBackoff : RetryClass.AfterTime,
        RobotError.TimedOut
            or RobotError.ConnectionLost
            or RobotError.Garbled
            or RobotError.UnexpectedStatus
            or RobotError.ServerError => ChangesSomething ? RetryClass.Unknown : RetryClass.WithBackoff,
        RobotError.Unreachable
            or RobotError.ForbiddenWithoutReason
            or RobotError.ManualResetActive
            or RobotError.InProcess
            or RobotError.Conflict
            or RobotError.OperationFailed
            or RobotError.Maintenance => RetryClass.WithBackoff,
    };

    public override string ToString()
    {
        var text = new StringBuilder($"{Method} {Template}: {Error}");
        if (Status is { } status) text.Append(' ').Append(status);
        if (Code is not null) text.Append(' ').Append(Code);
        if (Detail.Length > 0) text.Append(", ").Append(Detail);
        return text.ToString();
    }
}
