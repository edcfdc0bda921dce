using Caphr.Protocols.Talos.Grpc;
using Google.Protobuf;

namespace Caphr.Lab.Talos;

/// <summary>A call that comes over no network. Its caller waits for nothing: a watch is cut when it has told what there is.</summary>
internal sealed class MemoryNodeCall(ReadOnlyMemory<byte> request) : NodeCall, IDisposable
{
    private readonly List<IMessage> _messages = [];
    private readonly List<Action> _afterwards = [];
    private readonly CancellationTokenSource _over = new();
    private GrpcStatus? _status;

    public override CancellationToken Aborted => _over.Token;

    public override Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class
    {
        try
        {
            return Task.FromResult<T?>(parser.ParseFrom(request.Span));
        }
        catch (InvalidProtocolBufferException)
        {
            return Task.FromResult<T?>(null);
        }
    }

    public override Task WriteAsync(IMessage message)
    {
        _messages.Add(message);
        return Task.CompletedTask;
    }

    public override void End(GrpcStatusCode code, string message = "") => _status = new GrpcStatus(code, message);

    public override void AfterAnswer(Action begin) => _afterwards.Add(begin);

    public override void Break() => _status = null;

    public void StopWaiting() => _over.Cancel();

    public void Dispose() => _over.Dispose();

    public TalosAnswer Answer()
    {
        foreach (var begin in _afterwards) begin();
        return new TalosAnswer(_status is null ? null : (int)_status.Code, _status?.Message ?? "", _messages);
    }
}
