using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
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
    public void A_node_whose_server_is_reset_is_given_up_after_a_while_and_not_at_once()
    {
        var lost = All with { Nodes = [Joined()] };
        Server.PressReset(ResetKind.Hardware);

        Assert.Empty(_workload.Plan(lost));
        Assert.NotNull(lost.Alarm.Time);
        Assert.Empty(_workload.Plan(lost with { Now = Noon.AddSeconds(49) }));
        var report = Assert.IsType<Write.Change<Node>>(Assert.Single(_workload.Plan(lost with { Now = Noon.AddSeconds(50) })));

        Assert.True(report.ToStatus);
        Assert.Equal("Unknown", (string?)report.Body["status"]!["conditions"]![0]!["status"]);
    }

    [Fact]
    public void The_grace_is_as_much_shorter_as_the_lab_is_faster()
    {
        var lost = All with { Nodes = [Joined()], TimeScale = 10 };
        Server.PressReset(ResetKind.Hardware);

        Assert.Empty(_workload.Plan(lost));
        Assert.Empty(_workload.Plan(lost with { Now = Noon.AddSeconds(4) }));
        Assert.Single(_workload.Plan(lost with { Now = Noon.AddSeconds(5) }));
    }

    [Fact]
    public void A_server_that_comes_back_is_the_same_node_at_once_and_has_its_whole_grace_again()
    {
        var node = Joined();
        var gone = node with { Status = node.Status with { Conditions = [new NodeCondition("Ready", "Unknown", "NodeStatusUnknown", "", Noon)] } };
        Server.PressReset(ResetKind.Hardware);
        Assert.Empty(_workload.Plan(All with { Nodes = [node] }));
        _clock.Advance(s_anyBoot);

        var back = Assert.IsType<Write.Change<Node>>(Assert.Single(_workload.Plan(All with { Nodes = [gone], Now = Noon.AddSeconds(60) })));

        Assert.Equal("True", (string?)back.Body["status"]!["conditions"]![0]!["status"]);
        Server.PressReset(ResetKind.Hardware);
        Assert.Empty(_workload.Plan(All with { Nodes = [node], Now = Noon.AddSeconds(100) }));
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
