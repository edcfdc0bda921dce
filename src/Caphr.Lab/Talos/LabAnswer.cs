using Caphr.Protocols.Talos.Grpc;
using Google.Protobuf;

namespace Caphr.Lab.Talos;

/// <summary>A message or a refusal.</summary>
internal readonly record struct LabAnswer(IMessage? Message, GrpcStatus? Refusal)
{
    public static implicit operator LabAnswer(GrpcStatus refusal) => new(Message: null, refusal);

    public static LabAnswer Of(IMessage message) => new(message, Refusal: null);
}
