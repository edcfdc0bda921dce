using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Tests.Telemetry;

/// <summary>A collector on loopback: it takes OTLP over HTTP, or answers as a test tells it to.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<TraceCall> _calls = [];
    private readonly ConcurrentQueue<SentSpan> _spans = [];
    private volatile Func<HttpContext, Task> _answer = Takes;

    private TraceCollector(WebApplication app) => _app = app;

    public IReadOnlyList<TraceCall> Calls => [.. _calls];

    /// <summary>Of the calls that were answered with yes.</summary>
    public IReadOnlyList<SentSpan> Spans => [.. _spans];

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="port">One that is known before; else a free one.</param>
    public static async Task<TraceCollector> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        var collector = new TraceCollector(builder.Build());
        collector._app.Run(collector.HearAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public void Answers(Func<HttpContext, Task> answer) => _answer = answer;

    public void Answers(int status) => _answer = context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static Task Takes(HttpContext context)
    {
        context.Response.ContentType = "application/x-protobuf";
        return Task.CompletedTask;
    }

    private async Task HearAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        // A test that has seen the call may tell how the next one is answered, and this one is not that.
        var answer = _answer;
        _calls.Enqueue(new TraceCall(
            $"{context.Request.Method} {context.Request.Path}",
            context.Request.ContentType,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Encoding.Latin1.GetString(bytes)));
        await answer(context);
        if (context.Response.StatusCode != StatusCodes.Status200OK) return;
        foreach (var span in SentSpan.In(bytes)) _spans.Enqueue(span);
    }
}

/// <param name="Body">A character for each byte.</param>
internal sealed record TraceCall(string Line, string? ContentType, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A span as it stands on the wire, read by the numbers of its fields in OTLP's trace.proto.</summary>
internal sealed record SentSpan(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links, IReadOnlyDictionary<string, string> Resource)
{
    public static IEnumerable<SentSpan> In(byte[] request) =>
        from of in Fields(request)[1]
        let parts = Fields(of)
        let resource = parts[1].SelectMany(one => Fields(one)[1]).Select(Pair).ToDictionary()
        from scope in parts[2]
        from span in Fields(scope)[2]
        let said = Fields(span)
        select new SentSpan(
            Hex(said[1]), Hex(said[2]), Hex(said[4]), Text(said[5]), said[9].Select(Pair).ToDictionary(), [.. said[13].Select(link => Hex(Fields(link)[2]))], resource);

    private static KeyValuePair<string, string> Pair(byte[] pair) =>
        new(Text(Fields(pair)[1]), Fields(Fields(pair)[2].Single()) is var value && value.Contains(3) ? new CodedInputStream(value[3].Single()).ReadInt64().ToString(System.Globalization.CultureInfo.InvariantCulture) : Text(value[1]));

    private static string Hex(IEnumerable<byte[]> field) => Convert.ToHexString(field.SingleOrDefault() ?? []);

    private static string Text(IEnumerable<byte[]> field) => Encoding.UTF8.GetString(field.SingleOrDefault() ?? []);

    /// <summary>Every field of a message, a number as it is written.</summary>
    private static ILookup<int, byte[]> Fields(byte[] message)
    {
        var fields = new List<(int Number, byte[] Value)>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) is WireFormat.WireType.LengthDelimited) fields.Add((number, input.ReadBytes().ToByteArray()));
            else if (WireFormat.GetTagWireType(tag) is WireFormat.WireType.Varint)
            {
                var from = input.Position;
                input.ReadUInt64();
                fields.Add((number, message[(int)from..(int)input.Position]));
            }
            else input.SkipLastField();
        }

        return fields.ToLookup(field => field.Number, field => field.Value);
    }
}
