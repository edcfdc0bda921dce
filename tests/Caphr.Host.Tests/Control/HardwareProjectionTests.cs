using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

public sealed class HardwareProjectionTests
{
    private static readonly ServerRecord s_record = new("203.0.113.17", "2001:db8:1:2::", "AX52", "FSN1-DC14", "203.0.113.1");
    private static readonly DiskFacts s_disk = new("", "S1", "eui.1", "nvme-S1", 512_000_000_000, Rotational: false, Foreign: null);

    private readonly Objects _objects = new();

    [Fact]
    public void What_the_status_shows_of_an_installation_is_what_a_configuration_is_made_of()
    {
        var status = Shown(Installing());

        Assert.Equal("a8:a1:59:00:00:01", status.Hardware!.PrimaryMAC);
        Assert.Equal(s_record, HardwareProjection.RecordIn(status));
        Assert.Equal(s_disk, HardwareProjection.InstallDiskIn(status));
    }

    [Theory]
    [InlineData("/dev/disk/by-id/nvme-S1", "", "nvme-S1")]
    [InlineData("/dev/sda", "sda", null)]
    public void A_disk_is_found_again_by_its_path(string path, string name, string? byId)
    {
        var disk = HardwareProjection.InstallDiskIn(new HetznerRobotHostStatus { Hardware = new ServerHardware { InstallDisk = new ServerDisk { Path = path } } })!;

        Assert.Equal((name, byId), (disk.Name, disk.ById));
    }

    [Fact]
    public void A_free_server_shows_its_card_and_no_installation()
    {
        var installed = Shown(Installing());

        var free = HardwareProjection.Of(installed.Hardware, new ServerState.Available { Number = new ServerNumber(1), Record = s_record })!;

        Assert.Equal("a8:a1:59:00:00:01", free.PrimaryMAC);
        Assert.Null(free.InstallDisk);
    }

    [Fact]
    public void A_node_that_is_recognised_after_the_journal_was_lost_keeps_what_was_shown()
    {
        var installed = Shown(Installing());
        var adopted = new ServerState.Joining { Number = new ServerNumber(1), Record = s_record, Plan = Plan() with { AlreadyNode = true } };

        Assert.Equal(installed.Hardware!.InstallDisk, HardwareProjection.Of(installed.Hardware, adopted)!.InstallDisk);
    }

    private HetznerRobotHostStatus Shown(ServerState state)
    {
        var host = _objects.Hosts.SingleOrDefault() ?? _objects.AddHost(1, consumer: "w-0");
        _objects.Servers[state.Number] = new ServerSnapshot(state, Note: null);
        return HostProjection.Of(host, _objects.Look());
    }

    private ServerState.Installing Installing() => new(new RescueBoot("SHA256:x", "a8:a1:59:00:00:01", "uuid"), s_disk, Attempt: 7)
    {
        Number = new ServerNumber(1),
        Record = s_record,
        Plan = Plan(),
        Installed = s_disk,
    };

    private Provision Plan()
    {
        if (_objects.Hosts.Count == 0) _objects.AddHost(1, consumer: "w-0");
        if (_objects.InfraMachines.Count == 0) _objects.AddMachine("w-0");
        return _objects.WishFor(1).Provision!;
    }
}
