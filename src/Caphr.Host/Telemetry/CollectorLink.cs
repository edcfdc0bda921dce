using Microsoft.Extensions.Logging;

namespace Caphr.Host.Telemetry;

/// <summary>The way to the collector: it puts the headers in, and tells the log when the collector goes and when it is back, each once.</summary>
internal sealed partial class CollectorLink : DelegatingHandler
{
    private readonly CollectorOptions _collector;
    private readonly ILogger _logger;
    private readonly string _shown;
    private bool _isDown;

    public CollectorLink(CollectorOptions collector, ILogger logger)
        : base(new SocketsHttpHandler
        {
            // A token is for the collector, and for nobody whom it names.
            AllowAutoRedirect = false,
            // Its call to the collector is no part of what is traced.
            ActivityHeadersPropagator = null,
            // A collector behind a name may move.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
    {
        (_collector, _logger, _shown) = (collector, logger, collector.Endpoint.GetLeftPart(UriPartial.Path));
        Log.Sends(logger, _shown);
    }

    /// <summary>What the exporter calls, on its own thread.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        PutIn(request);
        try
        {
            var answer = base.Send(request, cancellationToken);
            Hear(answer);
            return answer;
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException)
        {
            Down(Why(lost));
            throw;
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The exporter has a thread of its own, and waits on it.");

    private void PutIn(HttpRequestMessage request)
    {
        // They were read at the start; a file that cannot be read just now makes the collector refuse, and that is told.
        if (!CollectorHeaders.Read(_collector).TryGet(out var headers, out _)) return;
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
    }

    private void Hear(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode) Down($"it answers {(int)answer.StatusCode}");
        else if (_isDown)
        {
            _isDown = false;
            Log.Back(_logger, _shown);
        }
    }

    private static string Why(Exception lost) => lost is OperationCanceledException ? "it does not answer in time" : lost.Message.TrimEnd('.');

    private void Down(string why)
    {
        if (_isDown) return;
        _isDown = true;
        Log.Gone(_logger, _shown, why);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Traces go to {Collector}")]
        public static partial void Sends(ILogger logger, string collector);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Collector} does not take traces: {Why}. They are dropped until it does")]
        public static partial void Gone(ILogger logger, string collector, string why);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Collector} takes traces again")]
        public static partial void Back(ILogger logger, string collector);
    }
}
