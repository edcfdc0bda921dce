using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>What the cluster autoscaler is told of the nodes of a group that has none.</summary>
public sealed class MachineTemplateTests
{
    private readonly Objects _objects = new();

    [Fact]
    public void A_template_shows_the_least_of_what_the_free_servers_give()
    {
        AddHost(1, cpus: 16, memoryMiB: 64_001, gigabytes: 512);
        AddHost(2, cpus: 8, memoryMiB: 128_000, gigabytes: 256);
        AddHost(3, cpus: 4, memoryMiB: 32_000, gigabytes: 128, consumer: "w-0");
        AddTemplate(spec => spec);

        Assert.Equal(
            """status of HetznerRobotMachineTemplate metal/workers {"status":{"capacity":{"cpu":"8","memory":"64001Mi","ephemeral-storage":"244140Mi"},"nodeInfo":{"architecture":"amd64","operatingSystem":"linux"}}}""",
            _objects.WrittenTo("workers"));
    }

    [Fact]
    public void While_no_server_is_free_those_in_use_tell_what_there_will_be()
    {
        AddHost(3, cpus: 4, memoryMiB: 32_000, gigabytes: 128, consumer: "w-0");
        AddTemplate(spec => spec);

        Assert.Contains("\"cpu\":\"4\"", _objects.WrittenTo("workers"), StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_that_no_machine_of_the_template_could_claim_do_not_count()
    {
        AddHost(1, cpus: 32, memoryMiB: 64_001, gigabytes: 512);
        AddHost(2, cpus: 8, memoryMiB: 64_001, gigabytes: 512);
        var elsewhere = AddHost(3, cpus: 33, memoryMiB: 1, gigabytes: 1);
        _objects.Hosts[2] = elsewhere with { Metadata = elsewhere.Metadata with { Namespace = "other" } };
        var storage = AddHost(4, cpus: 34, memoryMiB: 1, gigabytes: 1);
        _objects.Hosts[3] = storage with { Spec = storage.Spec with { LifecycleClass = LifecycleClass.Storage } };
        AddTemplate(spec => spec with { Hardware = new HardwareRequirement { Cpus = new WantedRange { Min = 16 } } });

        Assert.Contains("\"capacity\":{\"cpu\":\"32\",\"memory\":\"64001Mi\"", _objects.WrittenTo("workers"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_shown_stays_while_nothing_is_known_of_any_server()
    {
        AddTemplate(spec => spec, new HetznerRobotMachineTemplateStatus
        {
            Capacity = new Dictionary<string, string> { ["cpu"] = "8" },
            NodeInfo = new TemplateNodeInfo { Architecture = "amd64", OperatingSystem = "linux" },
        });
        Assert.Null(_objects.WrittenTo("workers"));

        _objects.AddHost(1);
        Assert.Null(_objects.WrittenTo("workers"));
    }

    [Fact]
    public void The_limit_of_the_ephemeral_volume_is_what_pods_get()
    {
        AddHost(1, cpus: 16, memoryMiB: 64_001, gigabytes: 512);
        AddTemplate(spec => spec with { EphemeralSize = "100GiB" });

        Assert.Contains("\"ephemeral-storage\":\"102400Mi\"", _objects.WrittenTo("workers"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_platform_is_that_of_the_image_and_with_an_image_of_ones_own_that_of_the_servers()
    {
        AddHost(1, cpus: 16, memoryMiB: 64_001, gigabytes: 512, architecture: "arm64");
        AddTemplate(spec => spec with { CustomImageURL = "https://images.example.org/talos.raw.zst" });
        Assert.Contains("\"architecture\":\"arm64\"", _objects.WrittenTo("workers"), StringComparison.Ordinal);

        AddHost(2, cpus: 16, memoryMiB: 64_001, gigabytes: 512);
        Assert.DoesNotContain("nodeInfo", _objects.WrittenTo("workers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClusterApi.PausedAnnotation)]
    [InlineData(ClusterApi.DeleteForMoveAnnotation)]
    public void A_template_that_is_being_moved_is_left_alone(string annotation)
    {
        AddHost(1, cpus: 16, memoryMiB: 64_001, gigabytes: 512);
        AddTemplate(spec => spec);
        _objects.Templates[0] = _objects.Templates[0] with { Metadata = _objects.Templates[0].Metadata with { Annotations = new Dictionary<string, string> { [annotation] = "" } } };

        Assert.Null(_objects.WrittenTo("workers"));
    }

    [Fact]
    public void A_template_is_the_business_of_exactly_one_replica()
    {
        AddTemplate(spec => spec);

        Assert.Single(Enumerable.Range(0, Actors.Journal.Shards.Count), shard =>
        {
            _objects.Shards.Clear();
            _objects.Shards.Add(shard);
            return _objects.WrittenTo("workers") is not null;
        });
    }

    [Theory]
    [InlineData("100GiB", 107_374_182_400)]
    [InlineData("1.5TB", 1_500_000_000_000)]
    [InlineData("1k", 1000L)]
    [InlineData("2Mi", 2_097_152L)]
    [InlineData("512", 512L)]
    [InlineData("512B", 512L)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("much", null)]
    [InlineData("9999999999E", null)]
    public void Sizes_are_read_as_Talos_reads_them(string? size, long? bytes) => Assert.Equal(bytes, DiskSize.BytesIn(size));

    private void AddTemplate(Func<HetznerRobotMachineSpec, HetznerRobotMachineSpec> change, HetznerRobotMachineTemplateStatus? status = null) => _objects.Templates.Add(new HetznerRobotMachineTemplate
    {
        Metadata = Objects.Meta("workers"),
        Spec = new HetznerRobotMachineTemplateSpec { Template = new HetznerRobotMachineTemplateResource { Spec = change(new HetznerRobotMachineSpec { TalosVersion = "v1.12.4" }) } },
        Status = status ?? new HetznerRobotMachineTemplateStatus(),
    });

    private HetznerRobotHost AddHost(int number, int cpus, long memoryMiB, int gigabytes, string? consumer = null, string architecture = "amd64")
    {
        var added = _objects.AddHost(number, consumer);
        var host = added with
        {
            Status = new HetznerRobotHostStatus
            {
                Hardware = new ServerHardware
                {
                    Architecture = architecture,
                    Cpus = cpus,
                    MemoryMiB = memoryMiB,
                    Disks = [new ServerDisk { Path = "/dev/sda", SizeBytes = 16_000_000_000_000, Rotational = true }, new ServerDisk { Path = "/dev/nvme0n1", SizeBytes = gigabytes * 1_000_000_000L, Rotational = false }],
                },
            },
        };
        _objects.Hosts[_objects.Hosts.IndexOf(added)] = host;
        return host;
    }
}
