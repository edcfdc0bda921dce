using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Tests.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

public sealed class MachineDeploymentTests
{
    private const string NextTemplate = """{"spec":{"template":{"spec":{"infrastructureRef":{"name":"workers-v2"}}}}}""";

    [Fact]
    public async Task What_a_running_machine_can_take_over_rolls_nothing()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2);
        await lab.CreateAsync(Fleet.Deployment(replicas: 2));
        var before = await lab.UntilRunningAsync(2);

        await lab.PatchAsync<MachineDeployment>("crew", """{"spec":{"template":{"spec":{"deletion":{"nodeDrainTimeoutSeconds":60}}}}}""");

        await lab.UntilAsync<MachineDeployment>(found => found.Single().Status.ObservedGeneration == found.Single().Metadata.Generation);
        Assert.Single(await lab.ListAsync<MachineSet>());
        Assert.Equal(before.Select(machine => machine.Metadata.Uid).Order(), (await lab.ListAsync<CoreMachine>()).Select(machine => machine.Metadata.Uid).Order());
    }

    [Fact]
    public async Task A_rollout_surges_by_one_and_never_has_fewer_than_wanted()
    {
        await using var lab = await StandInLab.StartAsync(servers: 6);
        await lab.CreateAsync(Fleet.InfraTemplate("workers-v2"));
        await lab.CreateAsync(Fleet.Deployment(replicas: 3));
        var old = (await lab.UntilRunningAsync(3)).Select(machine => machine.Metadata.Name).ToList();
        var fewest = int.MaxValue;

        await lab.PatchAsync<MachineDeployment>("crew", NextTemplate);
        await lab.UntilAsync<CoreMachine>(found =>
        {
            fewest = Math.Min(fewest, found.Count(machine => machine.Ready && !machine.Metadata.BeingDeleted));
            return found.Count == 3 && found.All(machine => machine.Ready && !old.Contains(machine.Metadata.Name));
        });

        Assert.Equal(4, lab.Infrastructure.Peak);
        Assert.True(fewest >= 3, $"only {fewest} were ready at one time");
        Assert.All(await lab.ListAsync<HetznerRobotMachine>(), infra => Assert.Equal("workers-v2", infra.Metadata.Annotations["cluster.x-k8s.io/cloned-from-name"]));
        var left = Assert.Single(await lab.UntilAsync<MachineSet>(found => found.Count == 1));
        Assert.Equal("2", left.Metadata.Annotations["machinedeployment.clusters.x-k8s.io/revision"]);
        await lab.UntilAsync<MachineDeployment>(found => found.Single().Status is { Replicas: 3, UpToDateReplicas: 3, ReadyReplicas: 3 });
    }

    [Fact]
    public async Task Without_surge_a_rollout_needs_no_spare_server()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        await lab.CreateAsync(Fleet.InfraTemplate("workers-v2"));
        await lab.CreateAsync(Fleet.Deployment(replicas: 3, surge: new IntOrPercent(0), unavailable: new IntOrPercent(1)));
        var old = (await lab.UntilRunningAsync(3)).Select(machine => machine.Metadata.Name).ToList();
        var most = 0;
        var fewest = int.MaxValue;

        await lab.PatchAsync<MachineDeployment>("crew", NextTemplate);
        await lab.UntilAsync<CoreMachine>(found =>
        {
            most = Math.Max(most, found.Count);
            fewest = Math.Min(fewest, found.Count(machine => machine.Ready && !machine.Metadata.BeingDeleted));
            return found.Count == 3 && found.All(machine => machine.Ready && !old.Contains(machine.Metadata.Name));
        });

        Assert.Equal(3, most);
        // Between two looks one may have gone and another come.
        Assert.InRange(fewest, 2, 3);
    }

    [Fact]
    public async Task With_OnDelete_a_machine_moves_when_somebody_deletes_it()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        await lab.CreateAsync(Fleet.InfraTemplate("workers-v2"));
        await lab.CreateAsync(Fleet.Deployment(replicas: 2, type: RolloutType.OnDelete));
        var machines = await lab.UntilRunningAsync(2);
        await lab.PatchAsync<MachineDeployment>("crew", NextTemplate);
        await lab.UntilAsync<MachineSet>(found => found.Count == 2);
        Assert.Equal(2, (await lab.ListAsync<CoreMachine>()).Count(machine => !machine.Metadata.BeingDeleted));

        await lab.DeleteAsync<CoreMachine>(machines[0].Metadata.Name);

        await lab.UntilAsync<CoreMachine>(found => found.Count == 2 && found.All(machine => machine.Ready) && found.All(machine => machine.Metadata.Name != machines[0].Metadata.Name));
        var from = (await lab.ListAsync<HetznerRobotMachine>()).Select(infra => infra.Metadata.Annotations["cluster.x-k8s.io/cloned-from-name"]).Order();
        Assert.Equal(["workers-v1", "workers-v2"], from);
    }

    [Fact]
    public async Task A_template_that_is_gone_back_to_is_the_newest_revision_again()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2);
        await lab.CreateAsync(Fleet.InfraTemplate("workers-v2"));
        await lab.CreateAsync(Fleet.Deployment(replicas: 1));
        var first = (await lab.UntilRunningAsync(1))[0].Metadata.Labels["machine-template-hash"];
        lab.Infrastructure.KeepsServers = true;
        await lab.PatchAsync<MachineDeployment>("crew", NextTemplate);
        await lab.UntilAsync<MachineSet>(found => found.Count == 2);

        await lab.PatchAsync<MachineDeployment>("crew", """{"spec":{"template":{"spec":{"infrastructureRef":{"name":"workers-v1"}}}}}""");

        await lab.UntilAsync<MachineSet>(found => found.Any(set => set.Metadata.Labels["machine-template-hash"] == first && set.Metadata.Annotations["machinedeployment.clusters.x-k8s.io/revision"] == "3"));
    }

    [Fact]
    public async Task Kubectl_scales_a_deployment()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        await lab.CreateAsync(Fleet.Deployment(replicas: 1));
        await lab.UntilRunningAsync(1);
        using var kubectl = new Kubectl();
        lab.WriteKubeconfig(kubectl.Kubeconfig);

        await kubectl.RunAsync("scale", "machinedeployment/crew", "--replicas=3", "-n", StandInLab.Namespace);
        await lab.UntilRunningAsync(3);
        await kubectl.RunAsync("scale", "machinedeployment/crew", "--replicas=0", "-n", StandInLab.Namespace);

        await lab.UntilAsync<CoreMachine>(found => found.Count == 0);
        Assert.Empty(await lab.ListAsync<Node>());
    }

    [Fact]
    public async Task Neither_a_paused_cluster_nor_a_paused_deployment_moves()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        await lab.CreateAsync(Fleet.InfraTemplate("workers-v2"));
        await lab.CreateAsync(Fleet.Deployment(replicas: 1));
        await lab.UntilRunningAsync(1);
        await lab.PatchAsync<MachineDeployment>("crew", """{"spec":{"paused":true}}""");
        await lab.PatchAsync<MachineDeployment>("crew", NextTemplate);
        await lab.UntilAsync<MachineDeployment>(found => found.Single().Status is { UpToDateReplicas: 0 });
        Assert.Single(await lab.ListAsync<MachineSet>());

        var ofBlue = Fleet.Deployment(replicas: 0);
        ofBlue = ofBlue with { Metadata = Fleet.Meta("others"), Spec = ofBlue.Spec with { ClusterName = "blue" } };

        // One watch tells of Clusters and another of deployments, so what comes after on the same watch shows that the change before it was seen.
        await lab.PatchAsync<CoreCluster>("red", """{"spec":{"paused":true}}""");
        await lab.CreateAsync(Fleet.Cluster with { Metadata = Fleet.Meta("blue"), Spec = new ClusterSpec() });
        await lab.UntilAsync<CoreCluster>(found => found.Any(cluster => cluster.Metadata.Name == "blue" && cluster.Status.Phase is not null));
        await lab.PatchAsync<MachineDeployment>("crew", """{"spec":{"paused":false,"replicas":2}}""");
        await lab.CreateAsync(ofBlue);
        await lab.UntilAsync<MachineSet>(found => found.Any(set => set.Spec.ClusterName == "blue"));
        Assert.Single(await lab.ListAsync<MachineSet>(), set => set.Spec.ClusterName == "red");

        await lab.PatchAsync<CoreCluster>("red", """{"spec":{"paused":false}}""");
        await lab.UntilRunningAsync(2);
    }
}
