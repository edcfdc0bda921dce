using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Tests.World;
using Caphr.Lab.World;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class WorkloadClusterTests
{
    private const string Configuration = """
        version: v1alpha1
        machine:
          type: worker
          kubelet:
            extraArgs:
              provider-id: hetzner-robot://2938101
        ---
        apiVersion: v1alpha1
        kind: HostnameConfig
        auto: stable
        """;

    private static readonly TimeSpan s_anyBoot = TimeSpan.FromMinutes(10);

    private readonly ManualClock _clock = new();
    private readonly LabWorld _world;
    private readonly WorkloadCluster _workload;

    public WorkloadClusterTests()
    {
        _world = new LabWorld(new WorldOptions { Servers = 2, TimeScale = 1 }, _clock);
        _workload = new WorkloadCluster(_world);
    }

    private LabServer Server => _world.Servers[0];

    [Fact]
    public void A_server_becomes_a_node_when_talos_is_ready_and_not_before()
    {
        Install();
        Assert.Empty(_workload.Plan(All));

        _clock.Advance(s_anyBoot);

        var node = Assert.IsType<Write.Create<Node>>(Assert.Single(_workload.Plan(All))).Wanted;
        Assert.Equal("hetzner-robot://2938101", node.Spec.ProviderID);
        Assert.Equal("True", node.Ready);
    }

    [Fact]
    public void A_node_that_is_there_and_well_is_left_alone()
    {
        var node = Joined();

        Assert.Empty(_workload.Plan(All with { Nodes = [node] }));
    }

    [Fact]
    public void A_node_whose_server_is_reset_stops_being_ready()
    {
        var node = Joined();
        Server.PressReset(ResetKind.Hardware);

        var report = Assert.IsType<Write.Change<Node>>(Assert.Single(_workload.Plan(All with { Nodes = [node] })));

        Assert.True(report.ToStatus);
        Assert.Equal("Unknown", (string?)report.Body["status"]!["conditions"]![0]!["status"]);
    }

    private Node Joined()
    {
        Install();
        _clock.Advance(s_anyBoot);
        return Assert.IsType<Write.Create<Node>>(Assert.Single(_workload.Plan(All))).Wanted;
    }

    private void Install()
    {
        Server.EndDiskWrite(Server.Description.Disks[0], new DiskContent.Talos("v1.12.4", MachineConfiguration: null), "talos");
        Server.RebootInBand(kexec: true);
        _clock.Advance(s_anyBoot);
        Assert.True(Server.ApplyConfiguration(Configuration));
    }
}
