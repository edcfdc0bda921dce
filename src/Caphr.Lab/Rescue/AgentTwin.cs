using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Rescue;

/// <summary>
/// What the agent script does on a real server, done to a server of the Lab. It refuses for the same reasons in the same order. One for
/// each boot: what it knows, and what it was writing, ends with the boot.
/// </summary>
internal sealed class AgentTwin(LabServer server, RunningSystem.Rescue rescue, LabTime time, IImageSource images) : IDisposable
{
    private static readonly string[] s_talosPartitions = ["EFI", "BIOS", "BOOT", "META", "STATE", "EPHEMERAL"];
    private static readonly BootEntry s_networkEntry = new("0001", "UEFI: PXE IPv4", Active: true, BootEntryKind.Network);
    private static readonly TimeSpan s_beforeLeaving = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _power = new();
    private readonly Dictionary<string, InstallJob> _installs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FullWipeJob> _fullWipes = new(StringComparer.Ordinal);
    private ITimer? _leaving;

    internal Outcome<RescueProof, AgentRefusal> Prove() => new RescueProof(
        "rescue",
        ["hostname", "hetzner-build", "installimage", "memory-root"],
        server.Description.PrimaryMac,
        [server.Description.PrimaryMac],
        server.Description.SystemUuid,
        new Guid(server.Number, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)rescue.BootId]).ToString());

    internal Outcome<ServerInventory, AgentRefusal> Inspect()
    {
        var hasSettled = !server.Strikes(ServerFault.WwnsMissing);
        return new ServerInventory(
            server.Description.Uefi ? FirmwareKind.Uefi : FirmwareKind.Bios,
            server.Description.PrimaryMac,
            "amd64",
            "B650D4U-2L2T",
            $"M80-{server.Description.PrimaryMac.Replace(":", "", StringComparison.Ordinal)}",
            "AMD Ryzen 7 7700 8-Core Processor",
            16,
            67_108_864_000,
            [.. server.Description.Disks.Select(disk => Describe(disk, hasSettled))],
            Ports(),
            server.Description.Uefi ? [s_networkEntry] : []);
    }

    internal Outcome<InstallStatus, AgentRefusal> Install(InstallRequest request)
    {
        if (CheckIdentity(request.Identity) is { } stranger) return stranger;
        lock (_gate)
        {
            if (_installs.TryGetValue(request.Attempt, out var known)) return known.Status;
            if (!FindDisk(request.Disk).TryGet(out var disk, out var missing)) return missing;
            if (CheckFree() is { } busy) return busy;
            if (CheckOwner(disk, request.ExpectedOwner) is { } foreign) return foreign;
            if (CheckHeld(disk) is { } held) return held;
            if (request.MinimumBytes > disk.SizeBytes)
                return new AgentRefusal(RescueError.DiskTooSmall, $"The disk /dev/{disk.Name} is smaller than the image.", [$"{disk.SizeBytes} < {request.MinimumBytes}"]);

            var job = new InstallJob(server, rescue, disk, request, time);
            _installs[request.Attempt] = job;
            images.Fetch(request.Url, job, _power.Token);
            return job.Status;
        }
    }

    internal Outcome<InstallStatus, AgentRefusal> Status(string attempt)
    {
        lock (_gate) return _installs.TryGetValue(attempt, out var job) ? job.Status : new InstallStatus(AttemptState.Absent, 0, null, null, null);
    }

    internal Outcome<WipeReport, AgentRefusal> Wipe(WipeRequest request)
    {
        if (CheckIdentity(request.Identity) is { } stranger) return stranger;
        lock (_gate)
        {
            if (!FindDisk(request.Disk).TryGet(out var disk, out var missing)) return missing;
            if (CheckFree() is { } busy) return busy;
            if (CheckOwner(disk, request.ExpectedOwner) is { } foreign) return foreign;
            if (CheckHeld(disk) is { } held) return held;
            var removed = disk.Signatures;
            server.WipeDisk(disk);
            if (disk.Signatures.Count > 0) return new AgentRefusal(RescueError.WipeIncomplete, $"/dev/{disk.Name} can still be read.", disk.Signatures);
            return new WipeReport($"/dev/{disk.Name}", request.Policy == WipePolicy.Discard, removed);
        }
    }

    internal Outcome<FullWipeStatus, AgentRefusal> WipeFully(FullWipeRequest request)
    {
        if (CheckIdentity(request.Identity) is { } stranger) return stranger;
        lock (_gate)
        {
            if (_fullWipes.TryGetValue(request.Attempt, out var known)) return known.Status;
            if (!FindDisk(request.Disk).TryGet(out var disk, out var missing)) return missing;
            if (CheckFree() is { } busy) return busy;
            if (CheckOwner(disk, request.ExpectedOwner) is { } foreign) return foreign;
            var job = new FullWipeJob(server, disk, request.Attempt, time);
            _fullWipes[request.Attempt] = job;
            return job.Status;
        }
    }

    internal Outcome<SeedReport, AgentRefusal> Seed(SeedRequest request)
    {
        if (CheckIdentity(request.Identity) is { } stranger) return stranger;
        lock (_gate)
        {
            if (!FindDisk(request.Disk).TryGet(out var disk, out var missing)) return missing;
            if (CheckFree() is { } busy) return busy;
            var labels = Partitions(disk);
            var asked = request.Files.Select(file => (file.Partition, Suffix: $":/{file.Path}")).Concat(request.Partitions.Select(partition => (partition.Partition, Suffix: ""))).ToList();
            if (asked.Find(one => !labels.Contains(one.Partition)) is { Partition: { } label })
                return new AgentRefusal(RescueError.PartitionNotFound, $"0 partitions of /dev/{disk.Name} are called {label}.", labels);
            return new SeedReport([.. asked.Select(one => $"/dev/{disk.Name}p{Array.IndexOf(labels, one.Partition) + 1}{one.Suffix}")]);
        }
    }

    internal Outcome<FirmwareReport, AgentRefusal> OrderBoot(FirmwareRequest request)
    {
        if (CheckIdentity(request.Identity) is { } stranger) return stranger;
        lock (_gate)
        {
            if (!FindDisk(request.Disk).TryGet(out var disk, out var missing)) return missing;
            if (CheckFree() is { } busy) return busy;
            if (!server.Description.Uefi) return new FirmwareReport(FirmwareKind.Bios, [], [], Created: false);
            if (server.IsOn(ServerFault.EntriesRefused)) return new AgentRefusal(RescueError.FirmwareRefused, "The firmware does not keep its boot entries.", ["Could not set BootOrder: No space left on device"]);
            if (!Partitions(disk).Contains("EFI")) return new FirmwareReport(FirmwareKind.Uefi, [s_networkEntry], [], Created: false);
            return new FirmwareReport(FirmwareKind.Uefi, [s_networkEntry, new BootEntry("0002", "Talos", Active: true, BootEntryKind.Disk)], [], server.EnterBootEntry(disk));
        }
    }

    internal Outcome<BootReport, AgentRefusal> Boot(BootRequest request)
    {
        if (CheckIdentity(request.Identity) is { } stranger) return stranger;
        lock (_gate)
        {
            if (!FindDisk(request.Disk).TryGet(out _, out var missing)) return missing;
            if (CheckFree() is { } busy) return busy;
            return new BootReport(request.AllowKexec ? BootMethod.Kexec : BootMethod.Firmware);
        }
    }

    /// <summary>A moment after the answer, and only if the boot that answered still runs.</summary>
    internal void Leave(BootMethod method)
    {
        lock (_gate)
        {
            _leaving ??= time.After(s_beforeLeaving, () =>
            {
                if (ReferenceEquals(server.Running, rescue)) server.RebootInBand(kexec: method == BootMethod.Kexec);
            });
        }
    }

    public void Dispose()
    {
        _leaving?.Dispose();
        _power.Cancel();
        _power.Dispose();
    }

    private NetworkCard[] Ports()
    {
        var first = new NetworkCard("eth0", server.Description.PrimaryMac, "0000:01:00.0", "igb", 1000);
        if (!server.IsOn(ServerFault.SecondPort)) return [first];
        return [first, first with { Name = "eth1", Mac = $"{server.Description.PrimaryMac[..^2]}fe", Pci = "0000:01:00.1" }];
    }

    private InspectedDisk Describe(LabDisk disk, bool hasSettled = true) => new(
        disk.Name, disk.Rotational ? "sata" : "nvme", hasSettled ? disk.Wwn : null, disk.Serial, disk.Model, disk.SizeBytes, disk.Rotational,
        hasSettled ? [disk.ById, $"nvme-{disk.Wwn}"] : [disk.ById], disk.Signatures, Partitions(disk),
        new DiskHealth(Passed: !server.IsDead(disk), PowerOnHours: 8760, TemperatureCelsius: 38, disk.Rotational ? null : 3));

    private static string[] Partitions(LabDisk disk) => disk.Content switch
    {
        DiskContent.Talos { MachineConfiguration: null } => s_talosPartitions[..4],
        DiskContent.Talos => s_talosPartitions,
        DiskContent.OldLinux => ["linux"],
        _ => [],
    };

    private AgentRefusal? CheckIdentity(ServerIdentity identity)
    {
        if (identity is { PrimaryMac: null, SystemUuid: null })
            return new AgentRefusal(RescueError.BadRequest, "The request does not say which server it is meant for.", []);
        if (identity.PrimaryMac is { } mac && !mac.Equals(server.Description.PrimaryMac, StringComparison.OrdinalIgnoreCase))
            return new AgentRefusal(RescueError.WrongIdentity, $"This server has no network card with the address {mac}.", [server.Description.PrimaryMac]);
        return identity.SystemUuid is { } uuid && !uuid.Equals(server.Description.SystemUuid, StringComparison.OrdinalIgnoreCase)
            ? new AgentRefusal(RescueError.WrongIdentity, $"This server's system UUID is not {uuid}.", [server.Description.SystemUuid])
            : null;
    }

    private Outcome<LabDisk, AgentRefusal> FindDisk(DiskIdentity identity)
    {
        if (identity is { Wwn: null, Serial: null, ById: null }) return new AgentRefusal(RescueError.BadRequest, "The request names no disk.", []);
        var hasSettled = identity.Wwn is null || !server.Strikes(ServerFault.WwnsMissing);
        var found = server.Description.Disks.Where(disk =>
            (identity.Wwn is null || (hasSettled && disk.Wwn == identity.Wwn))
            && (identity.Serial is null || disk.Serial == identity.Serial)
            && (identity.ById is null || Describe(disk).ById.Contains(identity.ById))).ToList();
        return found.Count == 1
            ? found[0]
            : new AgentRefusal(
                found.Count == 0 ? RescueError.DiskNotFound : RescueError.DiskAmbiguous,
                $"{found.Count} disks match wwn={identity.Wwn} serial={identity.Serial} byId={identity.ById}.",
                [.. server.Description.Disks.Select(disk => $"{disk.Name} wwn={disk.Wwn} serial={disk.Serial}")]);
    }

    private AgentRefusal? CheckFree()
    {
        var writer = _installs.Values.FirstOrDefault(job => job.Status.State == AttemptState.Running)?.Attempt
            ?? _fullWipes.Values.FirstOrDefault(job => job.Status.State == AttemptState.Running)?.Attempt;
        return writer is null ? null : new AgentRefusal(RescueError.Busy, "The disks of this server are being written.", [writer]);
    }

    private AgentRefusal? CheckHeld(LabDisk disk) =>
        server.IsHeld(disk) ? new AgentRefusal(RescueError.DiskInUse, $"/dev/{disk.Name} is held by what was assembled from it.", ["md127"]) : null;

    private static AgentRefusal? CheckOwner(LabDisk disk, DiskOwner owner)
    {
        if (owner == DiskOwner.Anyone) return null;
        var foreign = Partitions(disk).Where(label => owner == DiskOwner.Nobody || !s_talosPartitions.Contains(label)).Select(label => $"/dev/{disk.Name} part {label}")
            .Concat(disk.Signatures.Where(signature => signature is not ("gpt" or "PMBR" or "dos")).Select(signature => $"/dev/{disk.Name} {signature}"))
            .ToList();
        return foreign.Count == 0 ? null : new AgentRefusal(RescueError.ForeignData, "The disk carries data that is not expected there.", foreign);
    }
}
