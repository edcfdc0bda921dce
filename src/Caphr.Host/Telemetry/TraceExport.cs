using System.Reflection;
using Caphr.Actors.Kernel;
using Caphr.Host.Configuration;
using Caphr.Protocols;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Caphr.Host.Telemetry;

/// <summary>
/// Sends what <see cref="Traces"/> makes to a collector, in batches and on a thread of its own. Nothing waits for it: what does not fit its queue, and what the
/// collector does not take, is dropped.
/// </summary>
internal sealed class TraceExport : IDisposable
{
    /// <summary>A start opens all shards within a second, which is some thousand activities; a place in the queue costs about a kilobyte while it is taken.</summary>
    private const int QueueCapacity = 8192;

    private const int BatchCapacity = 512;

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Of the thirty seconds that Kubernetes gives a pod, a hand-over may need twenty-two.</summary>
    private static readonly TimeSpan s_lastCall = TimeSpan.FromSeconds(3);

    private readonly TracerProvider? _provider;

    private TraceExport(TracerProvider? provider) => _provider = provider;

    /// <summary>Without a collector nobody listens to the activities, so none are made.</summary>
    public static Outcome<TraceExport, ConfigurationFailure> TryStart(HostOptions options, ILoggerFactory logging)
    {
        if (options.Collector is not { } collector) return new TraceExport(provider: null);
        if (!CollectorHeaders.Read(collector).TryGet(out _, out var failure)) return failure;

        var exporter = new OtlpTraceExporter(new OtlpExporterOptions
        {
            Endpoint = TracesBelow(collector.Endpoint),
            Protocol = OtlpExportProtocol.HttpProtobuf,
            // The library would take them from the environment; ours go in where they are sent, and it never holds them.
            Headers = "",
            HttpClientFactory = () => new HttpClient(new CollectorLink(collector, logging.CreateLogger<CollectorLink>())) { Timeout = s_callTimeout },
        });
        var whole = typeof(TraceExport).Assembly;
        return new TraceExport(Sdk.CreateTracerProviderBuilder()
            .AddSource(Traces.Source.Name)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(collector.Percent / 100.0)))
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService(
                "caphr",
                serviceVersion: whole.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
                autoGenerateServiceInstanceId: false,
                serviceInstanceId: options.ReplicaName))
            .AddProcessor(new BatchActivityExportProcessor(exporter, QueueCapacity, (int)s_pace.TotalMilliseconds, (int)s_callTimeout.TotalMilliseconds, BatchCapacity))
            .Build());
    }

    /// <summary>Sends what is left, for as long as there is time for it.</summary>
    public void Dispose()
    {
        // Disposal alone would wait longer; after this it does not wait again.
        _provider?.Shutdown((int)s_lastCall.TotalMilliseconds);
        _provider?.Dispose();
    }

    private static Uri TracesBelow(Uri endpoint) => new UriBuilder(endpoint) { Path = $"{endpoint.AbsolutePath.TrimEnd('/')}/v1/traces" }.Uri;
}
