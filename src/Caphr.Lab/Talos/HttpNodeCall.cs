using System.Globalization;
using Caphr.Protocols.Talos.Grpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Talos;

/// <summary>A gRPC call over HTTP/2.</summary>
internal sealed class HttpNodeCall(HttpContext context) : NodeCall
{
    public override CancellationToken Aborted => context.RequestAborted;

    public override async Task<T?> ReadAsync<T>(MessageParser<T> parser)
        where T : class
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

    public override async Task WriteAsync(IMessage message)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(GrpcFraming.Encode(message), Aborted);
        await context.Response.Body.FlushAsync(Aborted);
    }

    /// <summary>Ends the call. Before any message this makes a trailers-only answer, as grpc-go does.</summary>
    public override void End(GrpcStatusCode code, string message = "")
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

    public override void AfterAnswer(Action begin) => context.Response.OnCompleted(() =>
    {
        begin();
        return Task.CompletedTask;
    });

    public override void Break() => context.Abort();
}
