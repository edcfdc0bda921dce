using System.Net;
using System.Runtime.CompilerServices;
using Caphr.Protocols.Talos.Calls;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;
using Caphr.Protocols.Talos.Wire.Machine;
using Caphr.Protocols.Talos.Wire.Runtime;
using Google.Protobuf;

namespace Caphr.Protocols.Talos;

/// <summary>
/// One Talos node. Connects with the first call, and again with the next one after the connection was lost; whom it accepts was settled
/// when it was made, and does not soften.
/// </summary>
public sealed class TalosClient : IDisposable
{
    public const int DefaultPort = 50000;

    // Talos validates and writes a configuration before it answers.
    private static readonly TimeSpan s_applyDeadline = TimeSpan.FromSeconds(60);

    private readonly TalosLine _line;

    private TalosClient(TalosLine line)
    {
        _line = line;
        State = new TalosState(line);
        Storage = new TalosStorage(line);
    }

    public TalosState State { get; }

    public TalosStorage Storage { get; }

    /// <summary>A node in maintenance, and only the one whose key was pinned.</summary>
    public static TalosClient InMaintenance(IPEndPoint node, SpkiPin pin, TimeProvider clock, GrpcTransport? transport = null) =>
        new(new TalosLine(new GrpcChannel(node, TalosTls.Pinned(pin), clock, transport: transport), TalosMode.Maintenance, TalosError.PinMismatch));

    /// <summary>A node of the cluster whose CA and certificate are given.</summary>
    public static TalosClient Secured(IPEndPoint node, TalosIdentity identity, TimeProvider clock, GrpcTransport? transport = null) =>
        new(new TalosLine(new GrpcChannel(node, TalosTls.Secured(identity, clock), clock, transport: transport), TalosMode.Secured, TalosError.ForeignCertificate));

    /// <summary>Who answers there? Without an <paramref name="identity"/> no node is recognised as the cluster's own.</summary>
    public static async Task<Outcome<TalosPresence, TalosFailure>> ProbeAsync(
        IPEndPoint node, TalosIdentity? identity, TimeProvider clock, CancellationToken cancellation, GrpcTransport? transport = null)
    {
        var probe = new TalosProbe(identity, clock);
        // Whoever answers, no more is asked than what works in maintenance.
        using var client = new TalosClient(new TalosLine(new GrpcChannel(node, probe.Tls, clock, transport: transport), TalosMode.Maintenance, TalosError.PinMismatch));
        return probe.Judge(await client.ReadVersionAsync(cancellation));
    }

    /// <summary>What only nodes of some versions do, and only in some modes.</summary>
    public TalosMachine Machine(TalosVersion version) => new(_line, version);

    public TalosEtcd Etcd(TalosVersion version) => new(_line, version);

    /// <summary>Read from Talos' state, which works in every mode of every version; the Version call does not in maintenance up to 1.12.</summary>
    public async Task<Outcome<TalosVersion, TalosFailure>> ReadVersionAsync(CancellationToken cancellation)
    {
        var answer = await State.GetAsync(TalosResource.Version, cancellation);
        if (!answer.TryGet(out var spec, out var failure)) return failure;
        return TalosVersion.TryParse(spec.Version, out var version)
            ? version
            : new TalosFailure(TalosError.AnswerMalformed, "The node's version cannot be understood.");
    }

    /// <summary>
    /// Hands a node in maintenance its configuration. Success means that the node took it, not that it came up with it. After
    /// <see cref="TalosError.ConnectionLost"/> it may have taken it as well: the old connection does not survive the change.
    /// </summary>
    public async Task<Outcome<ConfigurationApplied, TalosFailure>> ApplyConfigurationAsync(
        string configuration, TalosVersion version, CancellationToken cancellation)
    {
        var secrets = new ConfigurationSecrets(configuration);
        var request = new ApplyConfigurationRequest
        {
            Data = ByteString.CopyFromUtf8(configuration),
            Mode = TalosRules.ApplyMode(version.Generation, _line.Mode),
        };
        var answer = await _line.CallPlainAsync(TalosMethods.ApplyConfiguration, request, s_applyDeadline, cancellation);
        if (answer.TryGet(out var applied, out var failure))
            return new ConfigurationApplied([.. applied.Messages.SelectMany(message => message.Warnings).Select(secrets.Mask)]);

        var refusal = failure.Status is { } status ? Refusal(status, failure) : _line.Failed(failure);
        return refusal with { Detail = secrets.Mask(refusal.Detail) };
    }

    /// <summary>
    /// The node's status now and at every change. Ends with a failure, always: a watch that stands is silent until the node goes away,
    /// changes its mode or the caller cancels.
    /// </summary>
    public async IAsyncEnumerable<Outcome<MachineStatus, TalosFailure>> WatchMachineStatusAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var answer in State.WatchAsync(TalosResource.MachineStatus, cancellation))
        {
            // Early in a boot there is no status yet.
            if (answer.TryGet(out var spec, out var failure) && spec is null) continue;
            yield return failure is null ? StatusOf(spec!) : failure;
        }
    }

    public void Dispose() => _line.Dispose();

    private static MachineStatus StatusOf(MachineStatusSpec spec) => new(
        Enum.IsDefined((MachineStage)spec.Stage) ? (MachineStage)spec.Stage : MachineStage.Unknown,
        spec.Status?.Ready ?? false,
        [.. (spec.Status?.UnmetConditions ?? []).Select(condition => new UnmetCondition(condition.Name, condition.Reason))]);

    private TalosFailure Refusal(GrpcStatus status, GrpcFailure failure) => status.Code switch
    {
        GrpcStatusCode.InvalidArgument => new(TalosError.ConfigurationInvalid, status.Message),
        // One code for two situations that ask for different things; only the words tell them apart.
        GrpcStatusCode.FailedPrecondition => status.Message.Contains("already applied", StringComparison.Ordinal)
            ? new(TalosError.AlreadyConfigured, status.Message)
            : new(TalosError.ApplyInProgress, status.Message),
        _ => _line.Failed(failure),
    };
}
