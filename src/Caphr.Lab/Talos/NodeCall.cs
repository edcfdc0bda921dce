using Caphr.Protocols.Talos.Grpc;
using Google.Protobuf;

namespace Caphr.Lab.Talos;

/// <summary>The server's end of one call.</summary>
internal abstract class NodeCall
{
    public abstract CancellationToken Aborted { get; }

    /// <summary>The one request message, or null where the client sent something else.</summary>
    public abstract Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>;

    public abstract Task WriteAsync(IMessage message);

    public abstract void End(GrpcStatusCode code, string message = "");

    /// <summary>What the node begins once its answer is out, as the answer would not survive it.</summary>
    public abstract void AfterAnswer(Action begin);

    /// <summary>The stream breaks off without a status.</summary>
    public abstract void Break();
}
