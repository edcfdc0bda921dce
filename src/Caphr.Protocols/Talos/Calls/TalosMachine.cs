using Caphr.Protocols.Talos.Rules;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;
using Google.Protobuf;

namespace Caphr.Protocols.Talos.Calls;

/// <summary>
/// The node itself: what runs on it, and telling it to restart, forget or become another version. Reboot, reset and upgrade return when
/// the node has begun; how it went shows in its status.
/// </summary>
public sealed class TalosMachine
{
    // Talos writes the image's first blocks before it answers to an upgrade.
    private static readonly TimeSpan s_upgradeDeadline = TimeSpan.FromMinutes(5);

    private readonly TalosLine _line;
    private readonly TalosVersion _version;

    internal TalosMachine(TalosLine line, TalosVersion version)
    {
        _line = line;
        _version = version;
    }

    public async Task<Outcome<IReadOnlyList<TalosService>, TalosFailure>> ListServicesAsync(CancellationToken cancellation)
    {
        var answer = await _line.CallAsync(TalosCall.ServiceList, _version, TalosMethods.ServiceList, new Empty(), TalosLine.ReadDeadline, cancellation);
        return answer.Then<IReadOnlyList<TalosService>>(list => [.. list.Messages.SelectMany(message => message.Services).Select(TalosService.Of)]);
    }

    public async Task<Outcome<Done, TalosFailure>> RebootAsync(RebootMode mode, CancellationToken cancellation)
    {
        var request = new RebootRequest { Mode = mode == RebootMode.PowerCycle ? RebootRequest.Types.Mode.Powercycle : RebootRequest.Types.Mode.Default };
        return (await _line.CallAsync(TalosCall.Reboot, _version, TalosMethods.Reboot, request, TalosLine.ReadDeadline, cancellation)).Then(_ => default(Done));
    }

    /// <summary>Takes away what the order says, beginning with the end of the node: there is no way back from success.</summary>
    public async Task<Outcome<Done, TalosFailure>> ResetAsync(ResetOrder order, CancellationToken cancellation)
    {
        var request = new ResetRequest { Graceful = order.Graceful, Reboot = order.Reboot, Mode = ResetRequest.Types.WipeMode.SystemDisk };
        request.SystemPartitionsToWipe.AddRange(order.Partitions.Select(label => new ResetPartitionSpec { Label = label, Wipe = true }));
        return (await _line.CallAsync(TalosCall.Reset, _version, TalosMethods.Reset, request, TalosLine.ReadDeadline, cancellation)).Then(_ => default(Done));
    }

    /// <param name="image">An installer image, of another version or another schematic.</param>
    public async Task<Outcome<Done, TalosFailure>> UpgradeAsync(string image, CancellationToken cancellation)
    {
        // Up to 1.7 a node that does not preserve loses what it held; later ones keep it either way.
        var request = new UpgradeRequest { Image = image, Preserve = true };
        return (await _line.CallAsync(TalosCall.Upgrade, _version, TalosMethods.Upgrade, request, s_upgradeDeadline, cancellation)).Then(_ => default(Done));
    }

    /// <summary>Sets a tag of the META partition, which outlives configurations and upgrades.</summary>
    public async Task<Outcome<Done, TalosFailure>> WriteMetaAsync(byte tag, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        var request = new MetaWriteRequest { Key = tag, Value = ByteString.CopyFrom(value.Span) };
        return (await _line.CallAsync(TalosCall.MetaWrite, _version, TalosMethods.MetaWrite, request, TalosLine.ReadDeadline, cancellation)).Then(_ => default(Done));
    }
}
