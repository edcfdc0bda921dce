using System.Globalization;
using Caphr.Protocols.Talos.Grpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Talos;

/// <summary>The server's end of one gRPC call.</summary>
internal sealed class LabGrpcCall(HttpContext context)
{
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>The one request message, or null where the client sent something else.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return await GrpcFraming.ReadAsync(context.Request.Body, GrpcFraming.MaxMessageBytes, Aborted) is Frame.Message message
                ? parser.ParseFrom(message.Bytes.Span)
                : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    public async Task WriteAsync(IMessage message)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(GrpcFraming.Encode(message), Aborted);
        await context.Response.Body.FlushAsync(Aborted);
    }

    /// <summary>Ends the call. Before any message this makes a trailers-only answer, as grpc-go does.</summary>
    public void End(GrpcStatusCode code, string message = "")
    {
        var status = ((int)code).ToString(CultureInfo.InvariantCulture);
        if (context.Response.HasStarted)
        {
            context.Response.AppendTrailer("grpc-status", status);
            context.Response.AppendTrailer("grpc-message", GrpcMessageText.Encode(message));
        }
        else
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = status;
            context.Response.Headers["grpc-message"] = GrpcMessageText.Encode(message);
        }
    }

    /// <summary>What the node begins once its answer is out, as the answer would not survive it.</summary>
    public void AfterAnswer(Action begin) => context.Response.OnCompleted(() =>
    {
        begin();
        return Task.CompletedTask;
    });

    /// <summary>The stream breaks off without a status.</summary>
    public void Break() => context.Abort();
}
