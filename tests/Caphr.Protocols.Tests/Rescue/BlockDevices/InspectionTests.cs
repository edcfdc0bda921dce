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

        // Which they are counts; a kernel that has just been told of them lists them as it comes to them.
        Assert.Equal(["BIOS", "BOOT", "EFI", "EPHEMERAL", "META", "STATE"], disk.PartitionLabels.Order(StringComparer.Ordinal));
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
    public async Task Flash_that_is_no_NVMe_tells_how_much_of_it_is_used_up_too()
    {
        _ground.Tool("smartctl", """echo '{"smart_status":{"passed":true},"power_on_time":{"hours":12},"endurance_used":{"current_percent":7}}'""");

        Assert.Equal(new DiskHealth(Passed: true, 12, TemperatureCelsius: null, 7), (await InspectAsync()).Health);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("4", false)]
    public async Task Without_smartctl_the_tool_of_NVMe_is_asked(string warning, bool passed)
    {
        _ground.Tool("smartctl", "exit 127");
        _ground.Tool("nvme", $$"""
            [[ $1 == smart-log && $2 == --output-format=json ]] || exit 1
            echo '{"critical_warning":{{warning}},"temperature":311,"percent_used":3,"power_on_hours":8760}'
            """);

        Assert.Equal(new DiskHealth(passed, 8760, 38, 3), (await InspectAsync()).Health);
    }

    [Theory]
    [InlineData("echo no json; exit 1")]
    [InlineData("echo '[]'")]
    [InlineData("echo '7'")]
    [InlineData("""echo '{"smart_status":"well","critical_warning":"none"}'""")]
    public async Task Nothing_is_said_of_a_health_that_cannot_be_read_and_the_inspection_goes_on(string answer)
    {
        _ground.Tool("smartctl", answer);
        _ground.Tool("nvme", answer);

        Assert.Null((await InspectAsync()).Health);
    }

    [Fact]
    public async Task What_is_no_number_is_left_out_of_what_a_disk_says()
    {
        _ground.Tool("smartctl", """echo '{"smart_status":{"passed":true},"power_on_time":{"hours":"many"},"temperature":{"current":38.9}}'""");

        Assert.Equal(new DiskHealth(Passed: true, PowerOnHours: null, 38, PercentageUsed: null), (await InspectAsync()).Health);
    }

    [Fact]
    public async Task The_board_is_told_by_name_and_serial_number_and_processors_as_Kubernetes_calls_them()
    {
        FakeRescueRoot.Write(_ground.Root, "sys/class/dmi/id/board_name", " B650D4U-2L2T \n");
        FakeRescueRoot.Write(_ground.Root, "sys/class/dmi/id/board_serial", "M80-1234\n");
        _ground.Tool("uname", "echo aarch64");

        var inventory = (await _ground.InspectAsync()).Value;

        Assert.Equal(("B650D4U-2L2T", "M80-1234", "arm64"), (inventory.BoardName, inventory.BoardSerial, inventory.Architecture));
    }

    [Theory]
    [InlineData("To be filled by O.E.M.")]
    [InlineData("Default string")]
    [InlineData("   ")]
    [InlineData(null)]
    public async Task A_board_without_a_serial_number_says_so(string? written)
    {
        if (written is not null) FakeRescueRoot.Write(_ground.Root, "sys/class/dmi/id/board_serial", written + "\n");

        var inventory = (await _ground.InspectAsync()).Value;

        Assert.Null(inventory.BoardSerial);
        Assert.Equal("amd64", inventory.Architecture);
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
