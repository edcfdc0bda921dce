using Caphr.Actors.Allocation;
using Caphr.Actors.Servers;
using static Caphr.Actors.Tests.Allocation.Pool;

namespace Caphr.Actors.Tests.Allocation;

public sealed class HardwareDemandTests
{
    private static readonly HostHardware s_ax52 = new()
    {
        Product = "AX52",
        Architecture = "amd64",
        Cpus = 16,
        // What the kernel of a server with 64 GiB counts.
        MemoryMiB = 64_001,
        NicSpeedMbit = 1000,
        Disks = [Nvme(1024), Nvme(1024), Hdd(16_000)],
    };

    public static TheoryData<string, HardwareDemand, string> Demands => new()
    {
        { "product", new HardwareDemand { Product = "AX52" }, "" },
        { "case", new HardwareDemand { Product = "ax52" }, "" },
        { "prefix", new HardwareDemand { Product = "AX*" }, "" },
        { "no prefix without a star", new HardwareDemand { Product = "AX5" }, "of another product than AX5" },
        { "other prefix", new HardwareDemand { Product = "EX*" }, "of another product than EX*" },
        { "data centre", new HardwareDemand { Datacenter = "FSN1*" }, "" },
        { "other data centre", new HardwareDemand { Datacenter = "FSN1-DC1" }, "not in data centre FSN1-DC1" },
        { "architecture", new HardwareDemand { Architecture = "amd64" }, "" },
        { "other architecture", new HardwareDemand { Architecture = "arm64" }, "not arm64" },
        { "processors", new HardwareDemand { Cpus = new Bounds(16, 16) }, "" },
        { "more processors", new HardwareDemand { Cpus = new Bounds(17, null) }, "with less than 17 processors" },
        { "fewer processors", new HardwareDemand { Cpus = new Bounds(null, 15) }, "with more than 15 processors" },
        { "memory as sold", new HardwareDemand { MemoryGiB = new Bounds(64, 64) }, "" },
        { "more memory", new HardwareDemand { MemoryGiB = new Bounds(67, null) }, "with less than 67 GiB memory" },
        { "less memory", new HardwareDemand { MemoryGiB = new Bounds(null, 32) }, "with more than 32 GiB memory" },
        { "network", new HardwareDemand { NicSpeedMbit = new Bounds(1000, null) }, "" },
        { "faster network", new HardwareDemand { NicSpeedMbit = new Bounds(10_000, null) }, "with a network card slower than 10000 Mbit/s" },
        { "slower network", new HardwareDemand { NicSpeedMbit = new Bounds(null, 100) }, "with a network card faster than 100 Mbit/s" },
        { "two flash disks", Wanting(WantedDisks.Flash, new Bounds(1000, null), new Bounds(2, 2)), "" },
        { "three flash disks", Wanting(WantedDisks.Flash, default, new Bounds(3, null)), "without the disks that spec.hardware.disks asks for" },
        { "one NVMe disk and no more", Wanting(WantedDisks.Nvme, default, new Bounds(1, 1)), "without the disks that spec.hardware.disks asks for" },
        { "no disk that spins", Wanting(WantedDisks.Rotational, default, new Bounds(0, 0)), "without the disks that spec.hardware.disks asks for" },
        { "large disk", Wanting(WantedDisks.Any, new Bounds(16_000, null), new Bounds(1, null)), "" },
        { "larger disk", Wanting(WantedDisks.Rotational, new Bounds(16_001, null), new Bounds(1, null)), "without the disks that spec.hardware.disks asks for" },
        {
            "one demand of two",
            new HardwareDemand { Disks = [new DiskDemand(WantedDisks.Nvme, default, new Bounds(1, null)), new DiskDemand(WantedDisks.Nvme, new Bounds(2000, null), new Bounds(1, null))] },
            "without the disks that spec.hardware.disks asks for"
        },
    };

    [Theory]
    [MemberData(nameof(Demands))]
    public void A_server_is_taken_or_the_message_says_what_it_lacks(string name, HardwareDemand demand, string lacks)
    {
        Assert.NotEmpty(name);
        var allotment = Assert.Single(Allocator.Assign([Machine("m") with { Hardware = demand }], [Host(1, domain: "FSN1-DC14") with { Hardware = s_ax52 }]));

        Assert.Equal(lacks.Length == 0 ? null : $"No free server for any HetznerRobotHost: it is {lacks}.", (allotment as Allotment.Nothing)?.Why);
    }

    [Theory]
    [MemberData(nameof(Demands))]
    public void What_is_not_known_is_not_taken_on_trust(string name, HardwareDemand demand, string lacks)
    {
        Assert.NotEmpty(name + lacks);
        var why = WhyNothing(Machine("m") with { Hardware = demand }, Host(1));

        var ofRobot = demand.Product is not null || demand.Datacenter is not null;
        Assert.Equal($"No free server for any HetznerRobotHost: it is {(ofRobot ? "not yet known to Robot" : "not inspected yet, so what spec.hardware asks for is not known (an inspection would tell)")}.", why);
    }

    [Fact]
    public void What_is_known_to_be_wrong_is_said_before_what_is_not_known() => Assert.Equal(
        "No free server for any HetznerRobotHost: it is of another product than EX44.",
        WhyNothing(Machine("m") with { Hardware = new HardwareDemand { Product = "EX44", Cpus = new Bounds(8, null) } }, Host(1) with { Hardware = new HostHardware { Product = "AX52" } }));

    [Fact]
    public void Each_group_of_servers_says_why_not_the_largest_first()
    {
        HostOffer[] pool =
        [
            .. Enumerable.Range(0, 12).Select(i => Host(i, takenBy: $"metal/w-{i}") with { Hardware = s_ax52 }),
            .. Enumerable.Range(20, 3).Select(i => Host(i) with { Hardware = s_ax52 with { MemoryMiB = 32_000 } }),
            .. Enumerable.Range(30, 2).Select(i => Host(i)),
        ];

        Assert.Equal(
            "No free server for any HetznerRobotHost: 12 held by others, 3 with less than 64 GiB memory, 2 not inspected yet, so what spec.hardware asks for is not known (an inspection would tell).",
            WhyNothing(Machine("m") with { Hardware = new HardwareDemand { MemoryGiB = new Bounds(64, null) } }, pool));
    }

    [Fact]
    public void A_server_that_the_image_was_not_built_for_is_never_given()
    {
        var arm = Host(1) with { Hardware = s_ax52 with { Architecture = "arm64" } };

        Assert.Equal("No free server for any HetznerRobotHost: it is not amd64, which the image is for.", WhyNothing(Machine("m") with { ImageArchitecture = "amd64" }, arm));
        Assert.Single(Given(Allocator.Assign([Machine("m")], [arm])));
        Assert.Single(Given(Allocator.Assign([Machine("m") with { ImageArchitecture = "amd64" }], [Host(2)])));
    }

    [Fact]
    public void What_suits_a_Machine_does_so_whoever_has_it_now()
    {
        var machine = Machine("m", role: "compute") with { Hardware = new HardwareDemand { Cpus = new Bounds(8, null) } };
        var held = Host(1, "compute", ServerPhase.Provisioned, takenBy: "metal/w-0") with { Hardware = s_ax52 };

        Assert.True(Allocator.Suits(machine, held));
        Assert.False(Allocator.Suits(machine, held with { Labels = new Dictionary<string, string>() }));
        Assert.False(Allocator.Suits(machine, held with { Hardware = s_ax52 with { Cpus = 4 } }));
        Assert.False(Allocator.Suits(machine, Host(1, "compute")));
    }

    private static HardwareDemand Wanting(WantedDisks kind, Bounds sizeGB, Bounds count) => new() { Disks = [new DiskDemand(kind, sizeGB, count)] };

    private static HostDisk Nvme(long gigabytes) => new(DiskKind.Nvme, gigabytes * 1_000_000_000);

    private static HostDisk Hdd(long gigabytes) => new(DiskKind.Rotational, gigabytes * 1_000_000_000);
}
