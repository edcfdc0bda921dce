using Google.Protobuf;

namespace Caphr.Protocols.Talos.Grpc;

/// <summary>One method of a service: its path, and how its answers are read.</summary>
public sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, MessageParser<TResponse> Response)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    public string Path => $"/{Service}/{Name}";
}
