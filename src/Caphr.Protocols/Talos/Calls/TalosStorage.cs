using Caphr.Protocols.Talos.Wire.Common;

namespace Caphr.Protocols.Talos.Calls;

/// <summary>The disks as Talos sees them, in every mode of every version.</summary>
public sealed class TalosStorage
{
    private readonly TalosLine _line;

    internal TalosStorage(TalosLine line) => _line = line;

    public async Task<Outcome<IReadOnlyList<TalosDisk>, TalosFailure>> ListDisksAsync(CancellationToken cancellation)
    {
        var answer = await _line.CallAsync(TalosMethods.Disks, new Empty(), TalosLine.ReadDeadline, cancellation);
        return answer.Then<IReadOnlyList<TalosDisk>>(list => [.. list.Messages.SelectMany(message => message.Disks_)
            .Select(disk => new TalosDisk(disk.DeviceName, disk.Model, disk.Serial, disk.Wwid, disk.Size, disk.SystemDisk))]);
    }
}

/// <summary>One disk. <paramref name="IsSystemDisk"/>: Talos runs from it, which a META partition decides and not a wish.</summary>
public sealed record TalosDisk(string DeviceName, string Model, string Serial, string Wwid, ulong SizeBytes, bool IsSystemDisk);
