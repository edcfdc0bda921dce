using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

/// <summary>The firmware's variables are a file with lines as efibootmgr prints them; the disks that its entries lead to are real.</summary>
public sealed class FirmwareTests : IAsyncLifetime
{
    private readonly RescueGround _ground = new();
    private LoopDisk _disk = null!;

    private string Variables => Path.Combine(_ground.Root, "variables");

    private string Asked => Path.Combine(_ground.Root, "asked");

    public async Task InitializeAsync()
    {
        _disk = await _ground.AddDiskAsync(64 * RescueGround.MiB, "A");
        await DiskContents.PartitionAsync(_disk.Path, "BOOT", "EFI");
        Directory.CreateDirectory(Path.Combine(_ground.Root, "sys/firmware/efi/efivars"));
        _ground.Tool("mount", $"""echo "mount $*" >>{Asked}""");
        _ground.Tool("efibootmgr", $$"""
            echo "efibootmgr $*" >>{{Asked}}
            case "$*" in
              --verbose) cat {{Variables}} ;;
              *--delete-bootnum) sed -i "/^Boot$3/d; s/^\(BootOrder:.*\)$3,\?/\1/" {{Variables}} ;;
              *--create*) uuid=$(sfdisk --part-uuid "$4" "$6"); echo "Boot0009* Talos	HD($6,GPT,${uuid,,},0x800,0x2000)/File(x)" >>{{Variables}} ;;
              *--bootorder*) sed -i "s/^BootOrder:.*/BootOrder: $3/" {{Variables}} ;;
            esac
            """);
    }

    public async Task DisposeAsync() => await _ground.DisposeAsync();

    [Fact]
    public async Task The_network_comes_first_the_system_second_and_what_leads_nowhere_goes()
    {
        await FirmwareHasAsync(
            order: "0000,0003,0001",
            "Boot0000* UEFI OS\tHD(1,GPT,00000000-1111-2222-3333-444444444444,0x800,0x32000)/File(\\EFI\\BOOT\\BOOTX64.EFI)",
            "Boot0001* UEFI: PXE IPv4 Intel(R) I210\tPciRoot(0x0)/Pci(0x1c,0x0)/MAC(a8a159010203,0)/IPv4(0.0.0.00.0.0.0,0,0)",
            $"Boot0002* Talos\tHD(2,GPT,{await UuidAsync(2)},0x2800,0x2000)/File(\\EFI\\BOOT\\BOOTX64.EFI)",
            "Boot0003* UEFI: Built-in EFI Shell\tVenMedia(5023b95c-db26-429b-a648-bd47664c8012)",
            "Boot0004  Network Card\tBBS(128,,0x0)");

        var report = (await _ground.OrderBootAsync(Request)).Value;
        var again = (await _ground.OrderBootAsync(Request)).Value;

        Assert.Equal(["0001", "0004", "0002", "0003"], report.Order.Select(entry => entry.Id));
        Assert.Equal([BootEntryKind.Network, BootEntryKind.Network, BootEntryKind.Disk, BootEntryKind.Other], report.Order.Select(entry => entry.Kind));
        Assert.False(report.Order[1].Active);
        Assert.Equal(["0000"], report.Removed);
        Assert.False(report.Created);
        Assert.Contains("BootOrder: 0001,0004,0002,0003\n", await File.ReadAllTextAsync(Variables), StringComparison.Ordinal);
        Assert.Empty(again.Removed);
        Assert.Equal(report.Order, again.Order);
        Assert.Contains($"mount -o remount,rw {_ground.Root}/sys/firmware/efi/efivars", await File.ReadAllTextAsync(Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_without_an_entry_gets_one_of_its_own_partition()
    {
        await FirmwareHasAsync(order: "0001", "Boot0001* PXE IP4\tPciRoot(0x0)/MAC(a8a159010203,0)");

        var report = (await _ground.OrderBootAsync(Request)).Value;

        Assert.True(report.Created);
        Assert.Equal(["0001", "0009"], report.Order.Select(entry => entry.Id));
        Assert.Contains($"--create --disk {_disk.Path} --part 2 ", await File.ReadAllTextAsync(Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BootCurrent_is_no_entry_and_no_entry_of_a_present_disk_is_removed()
    {
        var other = await _ground.AddDiskAsync(64 * RescueGround.MiB, "B");
        await DiskContents.PartitionAsync(other.Path, "EFI");
        var uuid = (await Sshd.RunAsync("sfdisk", ["--part-uuid", other.Path, "1"])).Trim();
        await FirmwareHasAsync(
            order: "000C,0002",
            $"Boot000C* other system\tHD(1,GPT,{uuid},0x800,0x2000)/File(x)",
            $"Boot0002* Talos\tHD(2,GPT,{await UuidAsync(2)},0x2800,0x2000)/File(x)");

        var report = (await _ground.OrderBootAsync(Request)).Value;

        Assert.Empty(report.Removed);
        Assert.Equal(["0002", "000C"], report.Order.Select(entry => entry.Id));
        Assert.DoesNotContain("--delete-bootnum", await File.ReadAllTextAsync(Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_firmware_that_takes_nothing_is_told()
    {
        await FirmwareHasAsync(order: "0001", "Boot0001* PXE IP4\tMAC(a8a159010203,0)");
        _ground.Tool("mount", "exit 32");

        var outcome = await _ground.OrderBootAsync(Request);

        Assert.Equal(RescueError.FirmwareRefused, outcome.Failure?.Error);
        Assert.Equal(RetryClass.WithBackoff, outcome.Failure!.Retry);
    }

    [Fact]
    public async Task A_server_without_such_firmware_has_nothing_to_be_put_right()
    {
        Directory.Delete(Path.Combine(_ground.Root, "sys/firmware/efi"), recursive: true);

        var report = (await _ground.OrderBootAsync(Request)).Value;

        Assert.Equal(FirmwareKind.Bios, report.Firmware);
        Assert.Empty(report.Order);
        Assert.False(File.Exists(Asked));
    }

    [Fact]
    public async Task Inspection_tells_what_the_firmware_may_boot()
    {
        await FirmwareHasAsync(order: "0001", "Boot0001* PXE IP4\tMAC(a8a159010203,0)");

        var inventory = (await _ground.InspectAsync()).Value;

        Assert.Equal(FirmwareKind.Uefi, inventory.Firmware);
        Assert.Equal([new BootEntry("0001", "PXE IP4", Active: true, BootEntryKind.Network)], inventory.BootEntries);
    }

    private static FirmwareRequest Request => new(RescueGround.Identity, RescueGround.Disk("A"));

    private Task FirmwareHasAsync(string order, params string[] entries) =>
        File.WriteAllLinesAsync(Variables, ["BootCurrent: 0001", "Timeout: 1 seconds", $"BootOrder: {order}", .. entries]);

    private async Task<string> UuidAsync(int partition) => (await Sshd.RunAsync("sfdisk", ["--part-uuid", _disk.Path, $"{partition}"])).Trim().ToLowerInvariant();
}
