using System.Runtime.CompilerServices;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;
using Google.Protobuf;

namespace Caphr.Protocols.Talos.Calls;

/// <summary>The connection that a node's services share: turns what gRPC says into what it means of a Talos node.</summary>
internal sealed class TalosLine(GrpcChannel channel, TalosMode mode, TalosError whenNotTrusted) : IDisposable
{
    public static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(15);

    public TalosMode Mode => mode;

    /// <summary>
    /// A call that not every node takes. What everybody would be refused is not sent, so that a caller learns from us, and in every release
    /// alike, that a node in maintenance cannot be told to go.
    /// </summary>
    public async Task<Outcome<TResponse, TalosFailure>> CallAsync<TRequest, TResponse>(
        TalosCall call, TalosVersion version, GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan deadline, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        if (TalosRules.For(call, version.Generation, mode) is CallRule.Refused refused)
            return new TalosFailure(TalosError.NotInThisMode, $"{call} is not for a node with {version} in {mode} mode ({refused.Code}).");
        return await CallAsync(method, request, deadline, cancellation);
    }

    public async Task<Outcome<TResponse, TalosFailure>> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan deadline, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var answer = await channel.CallAsync(method, request, deadline, cancellation);
        return answer.TryGet(out var response, out var failure) ? response : Failed(failure);
    }

    /// <summary>For calls whose refusals mean something of their own.</summary>
    public Task<Outcome<TResponse, GrpcFailure>> CallPlainAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan deadline, CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => channel.CallAsync(method, request, deadline, cancellation);

    public async IAsyncEnumerable<Outcome<TResponse, TalosFailure>> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, [EnumeratorCancellation] CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        await foreach (var answer in channel.StreamAsync(method, request, ReadDeadline, cancellation))
            yield return answer.TryGet(out var response, out var failure) ? response : Failed(failure);
    }

    public TalosFailure Failed(GrpcFailure failure) => TalosFailure.From(failure, whenNotTrusted);

    public void Dispose() => channel.Dispose();
}
