using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class MachineHealthCheckTests
{
    private const string NotReady = """{"status":{"conditions":[{"type":"Ready","status":"False","reason":"KubeletNotReady","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""";
    private const string Ready = """{"status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""";

    private static readonly CoreCluster s_up = TheCluster with
    {
        Status = new CoreClusterStatus
        {
            Initialization = new ClusterInitialization { InfrastructureProvisioned = true, ControlPlaneInitialized = true },
            Conditions = [new Condition { Type = "InfrastructureReady", Status = "True", Reason = "Ready", LastTransitionTime = Noon }],
        },
    };

    private static readonly MachineHealthCheck s_check = Fleet.HealthCheck() with
    {
        Metadata = TheCluster.Metadata with { Name = "nurse", OwnerReferences = [Owners.Of(TheCluster, controller: null)], Labels = new Dictionary<string, string> { ["cluster.x-k8s.io/cluster-name"] = "demo" } },
        Spec = Fleet.HealthCheck().Spec with { ClusterName = "demo" },
    };

    private static readonly Observed s_well = All with
    {
        Clusters = [s_up],
        HealthChecks = [s_check],
        Machines = [Worker(1), Worker(2), Worker(3)],
        Nodes = [NodeOf(1), NodeOf(2), NodeOf(3)],
    };

    [Fact]
    public async Task Without_a_template_the_owner_replaces_what_is_ill()
    {
        await using var lab = await StandInLab.StartAsync(servers: 4);
        await lab.PatchAsync<CoreCluster>("red", """{"status":{"initialization":{"controlPlaneInitialized":true}}}""", status: true);
        await lab.CreateAsync(Fleet.HealthCheck());
        await lab.CreateAsync(Fleet.Set(replicas: 3));
        await lab.UntilRunningAsync(3);
        await lab.SayInfrastructureIsReadyAsync();
        await lab.UntilAsync<MachineHealthCheck>(found => found.Single().Status is { ExpectedMachines: 3, CurrentHealthy: 3 });
        var ill = (await lab.ListAsync<CoreMachine>()).Single(machine => machine.Status.NodeRef!.Name == "node-2").Metadata.Name;

        await lab.PatchAsync<Node>("node-2", NotReady, status: true);

        Assert.DoesNotContain(await lab.UntilAsync<CoreMachine>(found => found.Count == 3 && found.All(machine => machine.Ready && machine.Metadata.Name != ill)), machine => machine.Metadata.BeingDeleted);
        Assert.Empty(await lab.ListAsync<HetznerRobotRemediation>());
    }

    [Fact]
    public async Task With_a_template_a_request_is_made_and_taken_away_when_the_node_is_well_again()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2);
        await lab.PatchAsync<CoreCluster>("red", """{"status":{"initialization":{"controlPlaneInitialized":true}}}""", status: true);
        await lab.CreateAsync(Fleet.RebootTemplate);
        await lab.CreateAsync(Fleet.HealthCheck(Fleet.ByReboot));
        await lab.CreateAsync(Fleet.Set(replicas: 2));
        await lab.UntilRunningAsync(2);
        await lab.SayInfrastructureIsReadyAsync();
        await lab.UntilAsync<MachineHealthCheck>(found => found.Single().Status is { CurrentHealthy: 2 });
        var ill = (await lab.ListAsync<CoreMachine>()).Single(machine => machine.Status.NodeRef!.Name == "node-1");

        await lab.PatchAsync<Node>("node-1", NotReady, status: true);

        var request = Assert.Single(await lab.UntilAsync<HetznerRobotRemediation>(found => found.Count == 1));
        Assert.Equal((ill.Metadata.Name, 3, "reboot"), (request.Metadata.Name, request.Spec.Strategy.RetryLimit, request.Metadata.Annotations["cluster.x-k8s.io/cloned-from-name"]));
        var owner = Assert.Single(request.Metadata.OwnerReferences);
        Assert.Equal((ill.Metadata.Uid, (bool?)null), (owner.Uid, owner.Controller));
        await lab.UntilAsync<CoreMachine>(found => found.Any(machine => machine.Is("HealthCheckSucceeded", "False") && machine.Is("ExternallyRemediated", "False")));
        Assert.DoesNotContain(await lab.ListAsync<CoreMachine>(), machine => machine.Metadata.BeingDeleted || machine.Is("OwnerRemediated", "False"));

        await lab.PatchAsync<Node>("node-1", Ready, status: true);

        await lab.UntilAsync<HetznerRobotRemediation>(found => found.Count == 0);
        await lab.UntilAsync<CoreMachine>(found => found.All(machine => machine.Is("HealthCheckSucceeded", "True")));
    }

    [Fact]
    public void A_node_is_given_its_time_to_recover()
    {
        var young = s_well with { Nodes = [NodeOf(1), Bad(2), NodeOf(3)] };

        Assert.DoesNotContain(MachineHealthChecks.Plan(young with { Now = Noon.AddSeconds(99) }).OfType<Write.Change<CoreMachine>>(), change => change.Seen.Metadata.Name == "worker-2");
        Assert.NotNull(young.Alarm.Time);
        Assert.Equal("UnhealthyNode", Reason(young with { Now = Noon.AddSeconds(100) }, "worker-2"));
    }

    [Fact]
    public void A_machine_that_never_gets_a_node_is_ill_an_hour_after_the_last_thing_it_waited_for()
    {
        var waiting = s_well with { Machines = [Worker(1), Worker(2) with { Status = new CoreMachineStatus() }, Worker(3)] };
        var later = Worker(2) with
        {
            Status = new CoreMachineStatus { Conditions = [new Condition { Type = "InfrastructureReady", Status = "True", Reason = "Ready", LastTransitionTime = Noon.AddHours(3) }] },
        };

        Assert.Null(Reason(waiting with { Now = Noon.AddMinutes(59) }, "worker-2"));
        Assert.Equal("NodeStartupTimeout", Reason(waiting with { Now = Noon.AddMinutes(60) }, "worker-2"));
        Assert.Null(Reason(waiting with { Machines = [Worker(1), later, Worker(3)], Now = Noon.AddHours(3).AddMinutes(59) }, "worker-2"));
    }

    [Fact]
    public void A_node_that_was_there_and_is_gone_is_ill_at_once() => Assert.Equal("NodeDeleted", Reason(s_well with { Nodes = [NodeOf(1), NodeOf(3)] }, "worker-2"));

    [Fact]
    public void No_worker_is_ill_before_there_is_a_control_plane()
    {
        var early = s_well with { Nodes = [], Clusters = [s_up with { Status = s_up.Status with { Initialization = new ClusterInitialization() } }] };

        Assert.Null(Reason(early, "worker-2"));
        // Somebody who marks a Machine means it all the same.
        Assert.Equal("HasRemediateAnnotation", Reason(early with { Machines = [Worker(1), Marked(2, "cluster.x-k8s.io/remediate-machine"), Worker(3)] }, "worker-2"));
    }

    [Fact]
    public void A_machine_can_be_left_out() =>
        Assert.Null(Reason(s_well with { Nodes = [NodeOf(1), NodeOf(3)], Machines = [Worker(1), Marked(2, "cluster.x-k8s.io/skip-remediation"), Worker(3)] }, "worker-2"));

    [Theory]
    [InlineData(1, null, true)]
    [InlineData(0, null, false)]
    [InlineData(0, "[1-2]", true)]
    [InlineData(3, "[2-3]", false)]
    public void Too_many_or_too_few_that_are_ill_are_left_alone(int most, string? range, bool mended)
    {
        var check = s_check with { Spec = s_check.Spec with { Remediation = new HealthRemediation { TriggerIf = new RemediationTrigger { UnhealthyLessThanOrEqualTo = new IntOrPercent(most), UnhealthyInRange = range } } } };
        var observed = s_well with { HealthChecks = [check], Nodes = [NodeOf(1), NodeOf(3)] };

        Assert.Equal("NodeDeleted", Reason(observed, "worker-2"));
        Assert.Equal(mended, Conditions(observed, "worker-2")!.Any(condition => condition.Type == "OwnerRemediated"));
        var status = MachineHealthChecks.Plan(observed).OfType<Write.Change<MachineHealthCheck>>().Single().Body["status"]!;
        Assert.Equal(mended ? "True" : "False", (string?)status["conditions"]![0]!["status"]);
    }

    [Fact]
    public void A_percentage_of_the_machines_is_rounded_down()
    {
        Assert.Equal(1, new IntOrPercent(40, IsPercent: true).Of(3, roundUp: false));
        Assert.Equal(2, new IntOrPercent(40, IsPercent: true).Of(3, roundUp: true));
    }

    [Fact]
    public void While_one_request_is_under_way_the_others_that_are_ill_wait()
    {
        var check = s_check with { Spec = s_check.Spec with { Remediation = Fleet.ByReboot } };
        var template = Fleet.RebootTemplate with { Metadata = TheCluster.Metadata with { Name = "reboot" } };
        var both = s_well with { HealthChecks = [check], Nodes = [NodeOf(2)], RemediationTemplates = [template] };
        var under = both with { Remediations = [new HetznerRobotRemediation { Metadata = TheCluster.Metadata with { Name = "worker-1" } }] };

        Assert.Equal(["worker-1", "worker-3"], Requested(both));
        Assert.Empty(Requested(under));
        Assert.Equal("NodeDeleted", Reason(under, "worker-1"));
        Assert.Null(Reason(under, "worker-3"));

        static IEnumerable<string> Requested(Observed observed) => MachineHealthChecks.Plan(observed).OfType<Write.Create<HetznerRobotRemediation>>().Select(write => write.Wanted.Metadata.Name);
    }

    [Fact]
    public void A_template_that_is_not_there_is_told()
    {
        var check = s_check with { Spec = s_check.Spec with { Remediation = Fleet.ByReboot } };

        var conditions = Conditions(s_well with { HealthChecks = [check], Nodes = [NodeOf(1), NodeOf(3)] }, "worker-2")!;

        Assert.Equal("RemediationTemplateNotFound", conditions.Single(condition => condition.Type == "ExternallyRemediated").Reason);
    }

    private static CoreMachine Worker(int number) => TheMachine with
    {
        Metadata = TheMachine.Metadata with
        {
            Name = $"worker-{number}",
            Uid = $"uid-worker-{number}",
            CreationTimestamp = Noon,
            Labels = new Dictionary<string, string> { ["role"] = "worker" },
        },
        Status = new CoreMachineStatus { NodeRef = new MachineNodeReference { Name = $"talos-{number}" } },
    };

    private static CoreMachine Marked(int number, string annotation) =>
        Worker(number) with { Metadata = Worker(number).Metadata with { Annotations = new Dictionary<string, string> { [annotation] = "" } } };

    private static Node NodeOf(int number) => TheNode with { Metadata = TheNode.Metadata with { Name = $"talos-{number}" } };

    private static Node Bad(int number) => NodeOf(number) with { Status = new NodeStatus { Conditions = [new NodeCondition("Ready", "False", "KubeletNotReady", "", Noon)] } };

    private static string? Reason(Observed observed, string machine) =>
        Conditions(observed, machine)?.FirstOrDefault(condition => condition is { Type: "HealthCheckSucceeded", Status: "False" })?.Reason;

    private static List<Condition>? Conditions(Observed observed, string machine) => MachineHealthChecks.Plan(observed).OfType<Write.Change<CoreMachine>>()
        .Where(change => change.Seen.Metadata.Name == machine)
        .Select(change => System.Text.Json.JsonSerializer.Deserialize<CoreMachineStatus>(change.Body["status"]!, Protocols.Kubernetes.KubernetesJson.Options)!.Conditions.ToList())
        .SingleOrDefault();
}
