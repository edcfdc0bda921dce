using System.Net;

namespace Caphr.Protocols.Kubernetes;

/// <summary>metav1.Status: how the API server explains a refusal.</summary>
internal sealed record ApiStatus
{
    public string? Message { get; init; }

    public string? Reason { get; init; }

    public int? Code { get; init; }

    public ApiStatusDetails? Details { get; init; }

    /// <summary>The reason decides where there is one: 409 and 504 each mean two things.</summary>
    public static KubernetesError ErrorOf(int code, string? reason, bool write) => (reason, code) switch
    {
        ("AlreadyExists", _) => KubernetesError.AlreadyExists,
        ("Expired" or "Gone", _) => KubernetesError.Gone,
        ("Timeout", _) or (_, 504) => write ? KubernetesError.AnswerLost : KubernetesError.TimedOut,
        (_, (int)HttpStatusCode.Unauthorized) => KubernetesError.Unauthorized,
        (_, (int)HttpStatusCode.Forbidden) => KubernetesError.Forbidden,
        (_, (int)HttpStatusCode.NotFound) => KubernetesError.NotFound,
        (_, (int)HttpStatusCode.Conflict) => KubernetesError.Conflict,
        (_, (int)HttpStatusCode.Gone) => KubernetesError.Gone,
        (_, (int)HttpStatusCode.TooManyRequests) => KubernetesError.TooManyRequests,
        (_, >= 500) => KubernetesError.ServerError,
        (_, >= 400) => KubernetesError.Invalid,
        // A redirect, or success where a refusal was announced: nothing the Kubernetes API does.
        _ => KubernetesError.Malformed,
    };
}

internal sealed record ApiStatusDetails
{
    public int? RetryAfterSeconds { get; init; }
}
