using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Tests.Rescue;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

public sealed class TalosControlPlaneTests
{
    [Fact]
    public async Task All_machines_are_made_at_once_and_none_is_called_like_its_server()
    {
        await using var lab = await StandInLab.StartAsync(servers: 0, withControlPlane: true);
        var plane = await lab.CreateAsync(Fleet.ControlPlane(replicas: 3));

        var machines = await lab.UntilAsync<CoreMachine>(found => found.Count == 3 && found.All(machine => machine.Spec.Bootstrap.DataSecretName is not null));

        var machine = machines[0];
        Assert.True(machine.IsControlPlane && machine.IsControlledBy(plane));
        Assert.NotEqual(machine.Metadata.Name, machine.Spec.InfrastructureRef!.Name);
        Assert.NotEqual(machine.Spec.Bootstrap.ConfigRef!.Name, machine.Spec.InfrastructureRef.Name);
        var infra = (await lab.FindAsync<HetznerRobotMachine>(machine.Spec.InfrastructureRef.Name))!;
        Assert.Equal("workers-v1", infra.Metadata.Annotations["cluster.x-k8s.io/cloned-from-name"]);
        Assert.Equal(machine.Metadata.Uid, Assert.Single(infra.Metadata.OwnerReferences).Uid);
        Assert.NotNull((await lab.FindAsync<TalosControlPlane>("brain"))!.Metadata.OwnerOf(Cluster.Resource));
        Assert.True((await lab.FindAsync<TalosControlPlane>("brain"))!.Status is { Bootstrapped: false, Initialized: false, Ready: false });
    }

    [Fact]
    public async Task Nothing_is_bootstrapped_before_the_last_machine_has_an_address()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2, withControlPlane: true);
        await lab.CreateAsync(Fleet.ControlPlane(replicas: 3));
        await lab.UntilAsync<CoreMachine>(found => found.Count(machine => machine.Ready) == 2);
        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { ReadyReplicas: 2 });
        Assert.False((await lab.FindAsync<TalosControlPlane>("brain"))!.Status.Bootstrapped);
        Assert.False((await lab.FindAsync<CoreCluster>("red"))!.Status.Initialization.ControlPlaneInitialized);

        lab.Infrastructure.Servers = 3;

        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { Bootstrapped: true, Initialized: true, Ready: true, ReadyReplicas: 3, Initialization.ControlPlaneInitialized: true });
        await lab.UntilAsync<CoreCluster>(found => found.Single().Status.Initialization.ControlPlaneInitialized == true);
        var access = await lab.UntilAsync<Secret>(found => found.Any(secret => secret.Metadata.Name == "red-talosconfig" && secret.Text("talosconfig")!.Contains("127.0.0.3", StringComparison.Ordinal)));
        Assert.Contains(access, secret => secret.Metadata.Name == "red-talos" && secret.Text("bundle") is not null);
    }

    [Fact]
    public async Task A_member_leaves_etcd_before_its_machine_goes_and_the_last_one_stays()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3, withControlPlane: true);
        await lab.CreateAsync(Fleet.ControlPlane(replicas: 3));
        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { ReadyReplicas: 3, Initialized: true });
        lab.Infrastructure.KeepsServers = true;

        await lab.PatchAsync<TalosControlPlane>("brain", """{"spec":{"replicas":1}}""");
        await lab.UntilAsync<CoreMachine>(found => found.Any(machine => machine.Metadata.BeingDeleted));
        Assert.Single(lab.Etcd.Left);

        // One after the other: the second goes only when the first is gone.
        Assert.Single(await lab.ListAsync<CoreMachine>(), machine => machine.Metadata.BeingDeleted);
        lab.Infrastructure.KeepsServers = false;
        var left = Assert.Single(await lab.UntilAsync<CoreMachine>(found => found.Count == 1));
        Assert.Equal(2, lab.Etcd.Left.Count);
        Assert.DoesNotContain(left.Status.NodeRef!.Name, lab.Etcd.Left);
        Assert.Empty(lab.Etcd.Removed);
    }

    [Fact]
    public async Task A_new_version_takes_one_spare_server()
    {
        await using var lab = await StandInLab.StartAsync(servers: 6, withControlPlane: true);
        await lab.CreateAsync(Fleet.ControlPlane(replicas: 3));
        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { ReadyReplicas: 3, Initialized: true });

        await lab.PatchAsync<TalosControlPlane>("brain", """{"spec":{"version":"v1.35.0"}}""");

        await lab.UntilAsync<CoreMachine>(found => found.Count == 3 && found.All(machine => machine.Ready && machine.Spec.Version == "v1.35.0"));
        Assert.Equal(4, lab.Infrastructure.Peak);
        Assert.Equal(3, lab.Etcd.Left.Count);
        Assert.Empty(lab.Etcd.Removed);
    }

    [Fact]
    public async Task Without_surge_a_new_template_needs_no_spare_server()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3, withControlPlane: true);
        await lab.CreateAsync(Fleet.InfraTemplate("workers-v2"));
        var plane = Fleet.ControlPlane(replicas: 3);
        await lab.CreateAsync(plane with { Spec = plane.Spec with { RolloutStrategy = new ControlPlaneRollout { RollingUpdate = new RollingUpdate { MaxSurge = new IntOrPercent(0) } } } });
        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { ReadyReplicas: 3, Initialized: true });

        await lab.PatchAsync<TalosControlPlane>("brain", """{"spec":{"infrastructureTemplate":{"name":"workers-v2"}}}""");

        await lab.UntilAsync<HetznerRobotMachine>(found => found.Count == 3 && found.All(infra => infra.Metadata.Annotations["cluster.x-k8s.io/cloned-from-name"] == "workers-v2"));
        Assert.Equal(3, lab.Infrastructure.Peak);
    }

    [Fact]
    public async Task A_member_whose_name_an_address_contradicts_is_thrown_out_although_it_is_well()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3, withControlPlane: true);
        await lab.CreateAsync(Fleet.ControlPlane(replicas: 3));
        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { ReadyReplicas: 3, Initialized: true });
        Assert.Empty(lab.Etcd.Removed);
        var machine = (await lab.ListAsync<CoreMachine>()).Single(found => found.Status.NodeRef?.Name == "node-2");

        await lab.PatchAsync<HetznerRobotMachine>(
            machine.Spec.InfrastructureRef!.Name, """{"status":{"addresses":[{"type":"ExternalIP","address":"127.0.0.2"},{"type":"Hostname","address":"server-2.example.org"}]}}""", status: true);

        await Eventually.BecomesTrueAsync(() => lab.Etcd.Removed.Count > 0);
        Assert.Equal(["node-2"], lab.Etcd.Removed);
    }

    [Fact]
    public async Task A_deleted_cluster_loses_its_workers_then_its_control_plane_then_its_infrastructure()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2, withControlPlane: true);
        await lab.CreateAsync(Fleet.ControlPlane(replicas: 1));
        await lab.CreateAsync(Fleet.Deployment(replicas: 1));
        await lab.UntilRunningAsync(2);
        lab.Infrastructure.KeepsServers = true;

        await lab.DeleteAsync<CoreCluster>("red");
        await lab.UntilAsync<CoreMachine>(found => found.Any(machine => !machine.IsControlPlane && machine.Metadata.BeingDeleted));
        Assert.False((await lab.FindAsync<TalosControlPlane>("brain"))!.Metadata.BeingDeleted);
        Assert.False((await lab.FindAsync<HetznerRobotCluster>("red"))!.Metadata.BeingDeleted);

        lab.Infrastructure.KeepsServers = false;
        await lab.UntilAsync<CoreCluster>(found => found.Count == 0);
        Assert.Empty(await lab.ListAsync<CoreMachine>());
        Assert.Empty(await lab.ListAsync<TalosControlPlane>());
        Assert.Empty(await lab.ListAsync<HetznerRobotCluster>());
    }
}
