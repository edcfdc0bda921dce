namespace Caphr.Protocols.Kubernetes;

/// <summary>Everything a call to a Kubernetes API server can come to besides its value: the stage it reached, and whose doing it was.</summary>
public enum KubernetesError
{
    /// <summary>Before any call: the kubeconfig, or a file of the service account, is missing or broken.</summary>
    NotConfigured,

    /// <summary>No connection came about, so nothing was asked.</summary>
    Unreachable,

    /// <summary>A connection came about, but the server's certificate is not one of those we were told to trust.</summary>
    Untrusted,

    /// <summary>A read took longer than we wait, or the server gave up on it.</summary>
    TimedOut,

    /// <summary>A write was sent and its answer never came: it may or may not have been carried out.</summary>
    AnswerLost,

    /// <summary>The server does not know who we are.</summary>
    Unauthorized,

    /// <summary>The server knows us and does not let us.</summary>
    Forbidden,

    /// <summary>The object, its namespace or its kind does not exist.</summary>
    NotFound,

    /// <summary>Somebody created an object of this name before us.</summary>
    AlreadyExists,

    /// <summary>Somebody changed the object since we read it, or owns a field we wanted to apply.</summary>
    Conflict,

    /// <summary>The server understood the request and refuses its content: schema, admission, or a request it does not support.</summary>
    Invalid,

    /// <summary>The resourceVersion or continue token lies before the server's memory: list again.</summary>
    Gone,

    /// <summary>We ask too often; the failure says when to come back.</summary>
    TooManyRequests,

    /// <summary>The server, or an admission webhook behind it, failed at its own work.</summary>
    ServerError,

    /// <summary>The answer was not what the Kubernetes API promises.</summary>
    Malformed,
}

/// <summary>A call that did not succeed. <paramref name="Message"/> is one sentence naming verb, resource and object; it never holds a secret.</summary>
public sealed record KubernetesFailure(KubernetesError Error, string Message)
{
    /// <summary>The time the server asked us to stay away, where it named one.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public RetryClass Retry => RetryOf(Error);

    public static RetryClass RetryOf(KubernetesError error) => error switch
    {
        KubernetesError.NotConfigured or KubernetesError.Untrusted or KubernetesError.Unauthorized or KubernetesError.Forbidden
            => RetryClass.NeedsHuman,
        KubernetesError.Unreachable or KubernetesError.TimedOut or KubernetesError.ServerError or KubernetesError.Malformed
            => RetryClass.WithBackoff,
        KubernetesError.TooManyRequests => RetryClass.AfterTime,
        KubernetesError.AnswerLost => RetryClass.Unknown,
        // Each of these asks for another call first (a read, a list, a different object), never for the same one again.
        KubernetesError.NotFound or KubernetesError.AlreadyExists or KubernetesError.Conflict or KubernetesError.Invalid or KubernetesError.Gone
            => RetryClass.Never,
    };

    public override string ToString() => Message;
}
