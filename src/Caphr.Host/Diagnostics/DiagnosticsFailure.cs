using Caphr.Protocols;

namespace Caphr.Host.Diagnostics;

internal enum DiagnosticsError
{
    /// <summary>Nobody hears on the socket: no host runs here, or it was told another place.</summary>
    NoHost,

    /// <summary>The socket is another user's, or Kubernetes does not let the one who asks read this.</summary>
    NotAllowed,

    /// <summary>Over HTTPS: Kubernetes does not know who asks.</summary>
    Unauthenticated,

    /// <summary>There is no such actor, server or object.</summary>
    NotFound,

    /// <summary>The question is not one that is understood.</summary>
    Misunderstood,

    /// <summary>The host cannot tell just now: its journal or the Kubernetes API does not answer.</summary>
    Unavailable,

    /// <summary>What answered is no host, or one of another release.</summary>
    StrangeAnswer,
}

/// <param name="Message">One sentence for a person.</param>
internal sealed record DiagnosticsFailure(DiagnosticsError Error, string Message)
{
    /// <summary>What <c>caphr</c> ends with, so that scripts need not read sentences. Documented in docs/diagnostics.md.</summary>
    public int ExitCode => Error switch
    {
        DiagnosticsError.NoHost or DiagnosticsError.NotAllowed or DiagnosticsError.Unauthenticated => 3,
        DiagnosticsError.NotFound => 4,
        DiagnosticsError.Misunderstood or DiagnosticsError.Unavailable or DiagnosticsError.StrangeAnswer => 1,
    };

    public RetryClass Retry => Error switch
    {
        DiagnosticsError.NoHost or DiagnosticsError.Unavailable => RetryClass.WithBackoff,
        DiagnosticsError.NotAllowed or DiagnosticsError.Unauthenticated => RetryClass.NeedsHuman,
        DiagnosticsError.NotFound or DiagnosticsError.Misunderstood or DiagnosticsError.StrangeAnswer => RetryClass.Never,
    };
}
