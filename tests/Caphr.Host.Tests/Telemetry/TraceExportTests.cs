using Caphr.Actors.Kernel;
using Caphr.Host.Configuration;
using Caphr.Host.Telemetry;
using Caphr.Host.Tests.Composition;
using Caphr.Host.Tests.Journals;
using Caphr.Protocols.Tests;
using Caphr.Protocols.Tests.Kubernetes;

namespace Caphr.Host.Tests.Telemetry;

/// <summary>There is one source of activities in a process, so no other test may listen meanwhile.</summary>
[Collection(TraceTests.Listening)]
public sealed class TraceExportTests : IDisposable
{
    private const string Token = "Bearer open-sesame";

    private static readonly RealTime s_time = new();

    private readonly KeptLog _log = new();
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task What_was_done_arrives_with_what_it_was_part_of_and_with_who_did_it()
    {
        await using var collector = await TraceCollector.StartAsync();
        using (Start(collector.Address))
        using (Traces.Source.StartActivity("whole")?.SetTag("caphr.server", 4711))
        {
            Traces.Source.StartActivity("part")?.Dispose();
        }

        Assert.Equal(["part", "whole"], collector.Spans.Select(span => span.Name));
        var (part, whole) = (collector.Spans[0], collector.Spans[1]);
        Assert.Equal((whole.Trace, whole.Id, ""), (part.Trace, part.Parent, whole.Parent));
        Assert.Equal("4711", whole.Tags["caphr.server"]);
        Assert.Equal(("caphr", "caphr-0"), (whole.Resource["service.name"], whole.Resource["service.instance.id"]));
        Assert.StartsWith("0.", whole.Resource["service.version"], StringComparison.Ordinal);
        Assert.All(collector.Calls, call => Assert.Equal(("POST /v1/traces", "application/x-protobuf"), (call.Line, call.ContentType)));
    }

    [Fact]
    public void Without_a_collector_nobody_listens()
    {
        using var none = TraceExport.TryStart(Options(collector: null), _log).Value;
        Assert.False(Traces.Source.HasListeners());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task After_its_end_nobody_listens_any_more()
    {
        await using var collector = await TraceCollector.StartAsync();
        var export = Start(collector.Address);
        Assert.True(Traces.Source.HasListeners());
        export.Dispose();
        Assert.False(Traces.Source.HasListeners());
    }

    [Fact]
    public async Task A_part_of_the_traces_is_a_part_of_whole_traces()
    {
        await using var collector = await TraceCollector.StartAsync();
        using (Start(collector.Address, percent: 50))
        {
            for (var trace = 0; trace < 200; trace++)
            {
                using var whole = Traces.Source.StartActivity("whole");
                Traces.Source.StartActivity("part")?.Dispose();
            }
        }

        Assert.InRange(collector.Spans.Count, 2, 398);
        Assert.All(collector.Spans.GroupBy(span => span.Trace), trace => Assert.Equal(["part", "whole"], trace.Select(span => span.Name).Order()));
    }

    [Fact]
    public async Task A_collector_that_refuses_is_told_once_and_once_that_it_takes_them_again()
    {
        await using var collector = await TraceCollector.StartAsync();
        collector.Answers(403);
        using (Start(collector.Address))
        {
            await SendAsync("first", () => collector.Calls.Count >= 1);
            await SendAsync("second", () => collector.Calls.Count >= 2);
            collector.Answers(_ => Task.CompletedTask);
            await SendAsync("third", () => collector.Spans.Any(span => span.Name == "third"));
            await SendAsync("fourth", () => collector.Spans.Any(span => span.Name == "fourth"));
        }

        var shown = collector.Address.AbsoluteUri;
        Assert.Equal([$"Traces go to {shown}", $"{shown} does not take traces: it answers 403. They are dropped until it does", $"{shown} takes traces again"], _log.Lines);
    }

    [Fact]
    public async Task A_collector_that_is_away_is_told_once_and_heard_when_it_is_back()
    {
        var port = FreePort.Take();
        var export = Start(new Uri($"http://127.0.0.1:{port}/"));
        await SendAsync("lost", () => _log.Lines.Any(line => line.Contains("does not take traces", StringComparison.Ordinal)));
        await using var second = await TraceCollector.StartAsync(port);
        await SendAsync("heard", () => second.Spans.Any(span => span.Name == "heard"));
        export.Dispose();

        Assert.Single(_log.Lines, line => line.Contains("does not take traces", StringComparison.Ordinal));
        Assert.Single(_log.Lines, line => line.EndsWith("takes traces again", StringComparison.Ordinal));
    }

    /// <summary>It has hung since before, and does so after: the end waited neither for an answer nor for the call to be given up.</summary>
    [Fact]
    public async Task The_end_does_not_wait_for_a_collector_that_hangs()
    {
        await using var collector = await TraceCollector.StartAsync();
        var hangs = new TaskCompletionSource();
        collector.Answers(_ => hangs.Task);
        var export = Start(collector.Address);
        await SendAsync("hanging", () => collector.Calls.Count == 1);

        export.Dispose();

        Assert.False(hangs.Task.IsCompleted);
        Assert.Empty(collector.Spans);
        hangs.SetResult();
    }

    [Fact]
    public async Task Headers_come_from_a_file_that_is_read_anew_and_are_nowhere_else()
    {
        await using var collector = await TraceCollector.StartAsync();
        var file = _folder.File("headers");
        await File.WriteAllTextAsync(file, $"Authorization = {Token}%201\nX-Scope-OrgID=metal\n");
        using (Start(collector.Address, file: file))
        {
            await SendAsync("before", () => collector.Calls.Count >= 1);
            await File.WriteAllTextAsync(file, $"Authorization={Token}%202");
            collector.Answers(401);
            await SendAsync("after", () => _log.Lines.Any(line => line.Contains("401", StringComparison.Ordinal)));
        }

        Assert.Equal((Token + " 1", "metal"), (collector.Calls[0].Headers["Authorization"], collector.Calls[0].Headers["X-Scope-OrgID"]));
        Assert.Equal(Token + " 2", collector.Calls[^1].Headers["Authorization"]);
        Assert.All(_log.Lines, line => Assert.DoesNotContain("sesame", line, StringComparison.Ordinal));
        Assert.DoesNotContain("sesame", Options(new CollectorOptions(collector.Address) { Headers = new SecretText(Token) }).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open-sesame", "header 1")]
    [InlineData("X-Scope-OrgID=metal,open sesame=1", "header 2")]
    [InlineData("Authorization=open-sesame%0d%0aX: y", "header 1")]
    public void Headers_that_are_none_are_refused_without_being_quoted(string text, string place)
    {
        var refused = TraceExport.TryStart(Options(new CollectorOptions(new Uri("http://127.0.0.1:9")) { Headers = new SecretText(text) }), _log).Failure!;
        Assert.Equal((ConfigurationError.Malformed, $"otlp-headers: {place} for the collector is not `name=value`."), (refused.Error, refused.Message));
        Assert.False(Traces.Source.HasListeners());
    }

    [Fact]
    public void A_file_of_headers_that_is_not_there_is_refused() => Assert.Equal(
        ConfigurationError.Unreadable,
        TraceExport.TryStart(Options(new CollectorOptions(new Uri("http://127.0.0.1:9")) { HeadersFile = _folder.File("nowhere") }), _log).Failure?.Error);

    public void Dispose()
    {
        _log.Dispose();
        _folder.Delete();
    }

    private TraceExport Start(Uri collector, int percent = 100, string? file = null) =>
        TraceExport.TryStart(Options(new CollectorOptions(collector, percent) { HeadersFile = file }), _log).Value;

    private static HostOptions Options(CollectorOptions? collector) => new() { DataDirectory = "/nowhere", ReplicaName = "caphr-0", Collector = collector };

    private static async Task SendAsync(string name, Func<bool> until)
    {
        Traces.Source.StartActivity(name)?.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), s_time);
        while (!until()) await Task.Delay(TimeSpan.FromMilliseconds(10), s_time, patience.Token);
    }
}
