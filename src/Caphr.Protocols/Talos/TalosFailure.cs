using System.Diagnostics;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Protocols.Talos;

/// <summary>What can go wrong between CAPHR and a Talos node: the stage, and whose doing it was.</summary>
public enum TalosError
{
    /// <summary>Connecting: nobody listens. The node is booting, in rescue or off.</summary>
    NotListening,

    /// <summary>Connecting: the address does not answer at all.</summary>
    Unreachable,

    /// <summary>TLS: what listens there does not speak it, or hung up.</summary>
    HandshakeFailed,

    /// <summary>TLS, secured: the certificate was not issued by the cluster's CA.</summary>
    ForeignCertificate,

    /// <summary>TLS, maintenance: another key than the pinned one. The node booted again, or it is another node.</summary>
    PinMismatch,

    /// <summary>The connection broke while a call was under way. Whether the node acted on it is unknown.</summary>
    ConnectionLost,

    /// <summary>The node did not answer in time. Whether it acted is unknown.</summary>
    DeadlineExceeded,

    /// <summary>The answer is not that of a Talos node.</summary>
    NotTalos,

    /// <summary>The answer is larger than Talos' own limit.</summary>
    AnswerTooLarge,

    /// <summary>The answer is Talos' and cannot be understood.</summary>
    AnswerMalformed,

    /// <summary>The node refused: the role in our certificate, or the mode it is in, does not allow the call.</summary>
    NotAuthorized,

    /// <summary>The node refused: this version or mode does not have the call.</summary>
    NotImplemented,

    /// <summary>Our side: nodes of this version do not take the call in this mode, so it was not sent.</summary>
    NotInThisMode,

    /// <summary>The node refused the machine configuration as invalid.</summary>
    ConfigurationInvalid,

    /// <summary>The node is applying another configuration just now.</summary>
    ApplyInProgress,

    /// <summary>The node has a configuration already and is about to leave maintenance.</summary>
    AlreadyConfigured,

    /// <summary>What was asked for is not there, or not there yet.</summary>
    NotFound,

    /// <summary>The node answers and cannot serve the call just now.</summary>
    NotReady,

    /// <summary>The node tried and failed.</summary>
    NodeFailed,

    /// <summary>Our side: the cluster's Talos bundle cannot be read.</summary>
    BundleUnreadable,
}

/// <summary>A failure with the peer's words, of which nothing that was sent to it is left.</summary>
public sealed record TalosFailure(TalosError Error, string Detail)
{
    public RetryClass Retry => Error switch
    {
        TalosError.NotListening or TalosError.Unreachable or TalosError.HandshakeFailed or TalosError.ApplyInProgress
            or TalosError.NotFound or TalosError.NotReady or TalosError.NodeFailed => RetryClass.WithBackoff,

        // Nothing was sent, but what was known about the node no longer holds.
        TalosError.PinMismatch or TalosError.AlreadyConfigured => RetryClass.Unknown,
        TalosError.ConnectionLost or TalosError.DeadlineExceeded => RetryClass.Unknown,

        TalosError.ForeignCertificate or TalosError.NotTalos or TalosError.ConfigurationInvalid or TalosError.NotAuthorized
            or TalosError.BundleUnreadable => RetryClass.NeedsHuman,

        TalosError.AnswerTooLarge or TalosError.AnswerMalformed or TalosError.NotImplemented or TalosError.NotInThisMode => RetryClass.Never,
    };

    internal static TalosFailure From(GrpcFailure failure, TalosError whenNotTrusted) => failure.Error switch
    {
        GrpcError.ConnectionRefused => new(TalosError.NotListening, failure.Detail),
        GrpcError.Unreachable => new(TalosError.Unreachable, failure.Detail),
        GrpcError.HandshakeFailed => new(TalosError.HandshakeFailed, failure.Detail),
        GrpcError.PeerNotTrusted => new(whenNotTrusted, failure.Detail),
        GrpcError.ConnectionLost or GrpcError.StreamReset or GrpcError.GoingAway => new(TalosError.ConnectionLost, failure.Detail),
        GrpcError.DeadlineExceeded => new(TalosError.DeadlineExceeded, failure.Detail),
        GrpcError.NotGrpc => new(TalosError.NotTalos, failure.Detail),
        GrpcError.MessageTooLarge => new(TalosError.AnswerTooLarge, failure.Detail),
        GrpcError.MalformedMessage => new(TalosError.AnswerMalformed, failure.Detail),
        GrpcError.Status => From(failure.Status ?? throw new UnreachableException("A status failure without a status.")),
    };

    private static TalosFailure From(GrpcStatus status) => status.Code switch
    {
        GrpcStatusCode.PermissionDenied or GrpcStatusCode.Unauthenticated => new(TalosError.NotAuthorized, status.Message),
        GrpcStatusCode.Unimplemented => new(TalosError.NotImplemented, status.Message),
        GrpcStatusCode.NotFound => new(TalosError.NotFound, status.Message),
        GrpcStatusCode.FailedPrecondition or GrpcStatusCode.Unavailable or GrpcStatusCode.ResourceExhausted or GrpcStatusCode.Aborted
            => new(TalosError.NotReady, status.Message),
        GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Cancelled => new(TalosError.DeadlineExceeded, status.Message),
        _ => new(TalosError.NodeFailed, $"{status.Code}: {status.Message}"),
    };
}
