using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

public sealed class InspectionTests : IAsyncLifetime
{
    private readonly RescueGround _ground = new();
    private LoopDisk _disk = null!;

    public async Task InitializeAsync() => _disk = await _ground.AddDiskAsync(64 * RescueGround.MiB, "A");

    public async Task DisposeAsync() => await _ground.DisposeAsync();

    [Fact]
    public async Task A_blank_disk_shows_no_signature()
    {
        var disk = await InspectAsync();

        Assert.Equal(("nvme0n1", "nvme", "A", 64 * RescueGround.MiB), (disk.Name, disk.Transport, disk.Serial, disk.SizeBytes));
        Assert.Empty(disk.Signatures);
        Assert.Empty(disk.PartitionLabels);
    }

    [Fact]
    public async Task A_file_system_is_found()
    {
        await DiskContents.Ext4Async(_disk.Path);

        Assert.Equal(["ext4"], (await InspectAsync()).Signatures);
    }

    [Fact]
    public async Task A_physical_volume_of_LVM_is_found()
    {
        await DiskContents.LvmAsync(_disk.Path);

        Assert.Equal(["LVM2_member"], (await InspectAsync()).Signatures);
    }

    [Fact]
    public async Task A_member_of_a_Linux_RAID_is_found()
    {
        DiskContents.Md(_disk);

        Assert.Equal(["linux_raid_member"], (await InspectAsync()).Signatures);
    }

    [Fact]
    public async Task A_Ceph_disk_is_found()
    {
        DiskContents.BlueStore(_disk);

        Assert.Equal(["ceph_bluestore"], (await InspectAsync()).Signatures);
    }

    [Fact]
    public async Task An_old_Talos_is_found_with_the_labels_of_its_partitions_and_what_is_on_them()
    {
        await DiskContents.OldTalosAsync(_disk);

        var disk = await InspectAsync();

        Assert.Equal(["EFI", "BIOS", "BOOT", "META", "STATE", "EPHEMERAL"], disk.PartitionLabels);
        Assert.Equal(["PMBR", "ext4", "gpt"], disk.Signatures);
    }

    [Fact]
    public async Task Labels_are_read_from_the_disk_also_where_the_kernel_knows_no_partition()
    {
        await DiskContents.PartitionAsync(_disk.Path, "photos", "STATE");
        await _disk.ForgetPartitionsAsync();

        Assert.Equal(["photos", "STATE"], (await InspectAsync()).PartitionLabels);
    }

    [Fact]
    public async Task What_the_disk_says_of_its_health_is_told_although_smartctl_ends_with_a_status()
    {
        _ground.Tool("smartctl", """
            echo '{"smart_status":{"passed":false},"power_on_time":{"hours":41000},"temperature":{"current":39},"nvme_smart_health_information_log":{"percentage_used":104}}'
            exit 8
            """);

        Assert.Equal(new DiskHealth(Passed: false, 41000, 39, 104), (await InspectAsync()).Health);
    }

    [Fact]
    public async Task Nothing_is_said_of_a_health_that_cannot_be_read()
    {
        _ground.Tool("smartctl", "echo no json; exit 1");

        Assert.Null((await InspectAsync()).Health);
    }

    [Fact]
    public async Task Network_cards_are_hardware_and_tell_address_place_driver_and_speed()
    {
        var net = Path.Combine(_ground.Root, "sys/class/net");
        FakeRescueRoot.Write(_ground.Root, "sys/class/net/eth0/speed", "10000\n");
        FakeRescueRoot.Write(_ground.Root, "sys/class/net/eth1/address", "a8:a1:59:01:02:04\n");
        FakeRescueRoot.Write(_ground.Root, "sys/class/net/eth1/speed", "-1\n");
        FakeRescueRoot.Write(_ground.Root, "sys/class/net/bond0/address", "a8:a1:59:01:02:03\n");
        foreach (var (card, pci) in (ReadOnlySpan<(string, string)>)[("eth0", "0000:01:00.0"), ("eth1", "0000:01:00.1")])
        {
            var device = Directory.CreateDirectory(Path.Combine(_ground.Root, "sys/devices", pci)).FullName;
            File.CreateSymbolicLink(Path.Combine(net, card, "device"), device);
            File.CreateSymbolicLink(Path.Combine(device, "driver"), "/sys/bus/pci/drivers/ice");
        }

        var cards = (await _ground.InspectAsync()).Value.NetworkCards;

        Assert.Equal([new("eth0", "a8:a1:59:01:02:03", "0000:01:00.0", "ice", 10000), new NetworkCard("eth1", "a8:a1:59:01:02:04", "0000:01:00.1", "ice", SpeedMbit: null)], cards);
    }

    [Fact]
    public async Task A_loop_device_goes_with_whoever_holds_it()
    {
        // What a test run that was killed leaves behind is what the kernel does not take back.
        Assert.Equal("1", (await File.ReadAllTextAsync($"/sys/block/{Path.GetFileName(_disk.Path)}/loop/autoclear")).Trim());
    }

    private async Task<InspectedDisk> InspectAsync()
    {
        var outcome = await _ground.InspectAsync();
        Assert.True(outcome.Succeeded, outcome.Failure?.ToString());
        return Assert.Single(outcome.Value.Disks);
    }
}
