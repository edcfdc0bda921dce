namespace Caphr.Actors.Servers;

/// <summary>What a person may ask of one server, by an annotation of its HetznerRobotHost.</summary>
public enum ServerRequest
{
    /// <summary>Look at the hardware, through the rescue system. Only of a free server.</summary>
    Inspect,

    /// <summary>Reset it once and watch its node come back.</summary>
    PowerCycle,

    /// <summary>Try again what led into quarantine.</summary>
    Retry,

    /// <summary>The server in quarantine is all right as it is.</summary>
    Accept,
}

/// <summary>The requests that stand on a server just now: the token of each, which is whatever the person wrote. A new token is a new request.</summary>
public sealed record StandingRequests(string? Inspect, string? PowerCycle, string? Retry, string? Accept)
{
    public static StandingRequests None { get; } = new(null, null, null, null);
}
