using System.Net;
using System.Runtime.CompilerServices;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Cosi;
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

    private static readonly TimeSpan s_readDeadline = TimeSpan.FromSeconds(15);

    // Talos validates and writes a configuration before it answers.
    private static readonly TimeSpan s_applyDeadline = TimeSpan.FromSeconds(60);

    private readonly GrpcChannel _channel;
    private readonly TalosError _whenNotTrusted;

    private TalosClient(GrpcChannel channel, TalosError whenNotTrusted)
    {
        _channel = channel;
        _whenNotTrusted = whenNotTrusted;
    }

    /// <summary>A node in maintenance, and only the one whose key was pinned.</summary>
    public static TalosClient InMaintenance(IPEndPoint node, SpkiPin pin, TimeProvider clock) =>
        new(new GrpcChannel(node, TalosTls.Pinned(pin), clock), TalosError.PinMismatch);

    /// <summary>A node of the cluster whose CA and certificate are given.</summary>
    public static TalosClient Secured(IPEndPoint node, TalosIdentity identity, TimeProvider clock) =>
        new(new GrpcChannel(node, TalosTls.Secured(identity, clock), clock), TalosError.ForeignCertificate);

    /// <summary>Who answers there? Without an <paramref name="identity"/> no node is recognised as the cluster's own.</summary>
    public static async Task<Outcome<TalosPresence, TalosFailure>> ProbeAsync(
        IPEndPoint node, TalosIdentity? identity, TimeProvider clock, CancellationToken cancellation)
    {
        var probe = new TalosProbe(identity, clock);
        using var client = new TalosClient(new GrpcChannel(node, probe.Tls, clock), TalosError.PinMismatch);
        return probe.Judge(await client.ReadVersionAsync(cancellation));
    }

    /// <summary>Read from Talos' state, which works in every mode of every version; the Version call does not in maintenance up to 1.12.</summary>
    public async Task<Outcome<TalosVersion, TalosFailure>> ReadVersionAsync(CancellationToken cancellation)
    {
        var resource = TalosResource.Version;
        var request = new GetRequest { Namespace = resource.Namespace, Type = resource.Type, Id = resource.Id };
        var answer = await _channel.CallAsync(TalosMethods.Get, request, s_readDeadline, cancellation);
        if (!answer.TryGet(out var got, out var failure)) return Failed(failure);
        return Decode(got.Resource, VersionSpec.Parser) is { } spec && TalosVersion.TryParse(spec.Version, out var version)
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
            // Left out, the mode would be REBOOT. Up to 1.12 the maintenance service knows REBOOT, AUTO and TRY, and AUTO does not reboot
            // a node that Talos was already written to; from 1.13 on AUTO is NO_REBOOT by another name.
            Mode = version.HasMaintenanceService ? ApplyConfigurationRequest.Types.Mode.Auto : ApplyConfigurationRequest.Types.Mode.NoReboot,
        };
        var answer = await _channel.CallAsync(TalosMethods.ApplyConfiguration, request, s_applyDeadline, cancellation);
        if (answer.TryGet(out var applied, out var failure))
            return new ConfigurationApplied([.. applied.Messages.SelectMany(message => message.Warnings).Select(secrets.Mask)]);

        var refusal = failure.Status is { } status ? Refusal(status, failure) : Failed(failure);
        return refusal with { Detail = secrets.Mask(refusal.Detail) };
    }

    /// <summary>
    /// The node's status now and at every change. Ends with a failure, always: a watch that stands is silent until the node goes away,
    /// changes its mode or the caller cancels.
    /// </summary>
    public async IAsyncEnumerable<Outcome<MachineStatus, TalosFailure>> WatchMachineStatusAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var resource = TalosResource.MachineStatus;
        var request = new WatchRequest
        {
            Namespace = resource.Namespace,
            Type = resource.Type,
            Id = resource.Id,
            Options = new WatchOptions(),
            ApiVersion = 1,
        };
        await foreach (var answer in _channel.StreamAsync(TalosMethods.Watch, request, s_readDeadline, cancellation))
        {
            if (!answer.TryGet(out var batch, out var failure))
            {
                yield return Failed(failure);
                yield break;
            }

            foreach (var change in batch.Event)
            {
                var status = Read(change);
                if (status is null) continue;
                yield return status.Value;
                if (!status.Value.Succeeded) yield break;
            }
        }

        yield return new TalosFailure(TalosError.ConnectionLost, "The node ended the watch.");
    }

    public void Dispose() => _channel.Dispose();

    private static Outcome<MachineStatus, TalosFailure>? Read(Event change) => change.EventType switch
    {
        EventType.Created or EventType.Updated => Decode(change.Resource, MachineStatusSpec.Parser) is { } spec
            ? StatusOf(spec)
            : new TalosFailure(TalosError.AnswerMalformed, "The node's status cannot be understood."),
        EventType.Errored => new TalosFailure(TalosError.NotReady, change.HasError ? change.Error : "The node broke off the watch."),
        // Destroyed is also what a watch begins with when the status does not exist yet, early in a boot.
        _ => null,
    };

    private static MachineStatus StatusOf(MachineStatusSpec spec) => new(
        Enum.IsDefined((MachineStage)spec.Stage) ? (MachineStage)spec.Stage : MachineStage.Unknown,
        spec.Status?.Ready ?? false,
        [.. (spec.Status?.UnmetConditions ?? []).Select(condition => new UnmetCondition(condition.Name, condition.Reason))]);

    private static T? Decode<T>(Resource? resource, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return resource?.Spec is { ProtoSpec.IsEmpty: false } spec ? parser.ParseFrom(spec.ProtoSpec) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private TalosFailure Refusal(GrpcStatus status, GrpcFailure failure) => status.Code switch
    {
        GrpcStatusCode.InvalidArgument => new(TalosError.ConfigurationInvalid, status.Message),
        // One code for two situations that ask for different things; only the words tell them apart.
        GrpcStatusCode.FailedPrecondition => status.Message.Contains("already applied", StringComparison.Ordinal)
            ? new(TalosError.AlreadyConfigured, status.Message)
            : new(TalosError.ApplyInProgress, status.Message),
        _ => Failed(failure),
    };

    private TalosFailure Failed(GrpcFailure failure) => TalosFailure.From(failure, _whenNotTrusted);
}
