namespace Caphr.Protocols.Talos.Grpc;

/// <summary>Where a call broke, and whose doing it was.</summary>
public enum GrpcError
{
    /// <summary>Connecting: the address answered that nobody listens there.</summary>
    ConnectionRefused,

    /// <summary>Connecting: no answer in time, or no way there.</summary>
    Unreachable,

    /// <summary>TLS: the handshake broke, or the peer speaks no TLS or no HTTP/2.</summary>
    HandshakeFailed,

    /// <summary>TLS: the handshake worked and we did not accept the peer's certificate. Nothing was sent.</summary>
    PeerNotTrusted,

    /// <summary>Sending or receiving: the connection or the stream ended before the status came. What the peer did is unknown.</summary>
    ConnectionLost,

    /// <summary>Sending or receiving: the peer broke off this one call (RST_STREAM). What it did is unknown.</summary>
    StreamReset,

    /// <summary>Sending or receiving: the peer gave up the connection (GOAWAY) with our call on it. What it did is unknown.</summary>
    GoingAway,

    /// <summary>The deadline of the call passed. What the peer did is unknown.</summary>
    DeadlineExceeded,

    /// <summary>Receiving: the peer speaks HTTP/2 and not gRPC.</summary>
    NotGrpc,

    /// <summary>Receiving: a message above the limit was announced; it was not read.</summary>
    MessageTooLarge,

    /// <summary>Receiving: a frame or a message that cannot be decoded.</summary>
    MalformedMessage,

    /// <summary>The peer carried the call to its end and answered with a status other than OK.</summary>
    Status,
}

/// <summary>A call that did not succeed. <paramref name="Status"/> is there if, and only if, the peer gave one.</summary>
public sealed record GrpcFailure(GrpcError Error, string Detail, GrpcStatus? Status = null);
