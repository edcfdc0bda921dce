using Caphr.Lab.StandIns.Moving;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Tests.Rescue;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

public sealed class LabMoveTests
{
    [Fact]
    public async Task A_cluster_arrives_with_other_uids_and_the_same_servers()
    {
        await using var from = await RunningAsync();
        await using var to = await StandInLab.StartAsync(servers: 4, withCluster: false);
        await from.CreateAsync(Fleet.Deployment(replicas: 2));
        var before = await from.UntilRunningAsync(2);
        var infraBefore = await from.ListAsync<HetznerRobotMachine>();
        foreach (var node in await from.ListAsync<Node>()) await to.CreateAsync(node with { Metadata = new ObjectMeta { Name = node.Metadata.Name } });

        var moved = await new LabMove(from.Address, to.Address, Clock.Real).RunAsync(StandInLab.Namespace, default);

        Assert.True(moved.Succeeded, moved.Failure?.ToString());
        Assert.Contains("Cluster red", moved.Value);
        var machines = await to.UntilRunningAsync(2);
        Assert.Equal(before.Select(machine => (machine.Metadata.Name, machine.Spec.ProviderID)).Order(), machines.Select(machine => (machine.Metadata.Name, machine.Spec.ProviderID)).Order());
        Assert.Empty(before.Select(machine => machine.Metadata.Uid).Intersect(machines.Select(machine => machine.Metadata.Uid)));
        var set = Assert.Single(await to.ListAsync<MachineSet>());
        Assert.All(machines, machine => Assert.Equal(set.Metadata.Uid, machine.Metadata.OwnerReferences.Single(owner => owner.Controller == true).Uid));
        var infra = await to.ListAsync<HetznerRobotMachine>();
        Assert.All(infra, one => Assert.Contains(one.Metadata.OwnerOf(Machine.Resource)!.Uid, machines.Select(machine => machine.Metadata.Uid)));
        Assert.All(infra, one => Assert.Equal(infraBefore.Single(old => old.Key == one.Key).Metadata.Finalizers, one.Metadata.Finalizers));
        Assert.Null((await to.FindAsync<CoreCluster>("red"))!.Spec.Paused);
        Assert.NotNull((await to.FindAsync<Secret>("red-talos"))?.Text("bundle"));
    }

    [Fact]
    public async Task The_source_is_empty_afterwards_and_gave_no_server_back()
    {
        await using var from = await RunningAsync();
        await using var to = await StandInLab.StartAsync(servers: 4, withCluster: false);
        await from.CreateAsync(Fleet.Set(replicas: 2));
        await from.UntilRunningAsync(2);

        Assert.True((await new LabMove(from.Address, to.Address, Clock.Real).RunAsync(StandInLab.Namespace, default)).Succeeded);

        Assert.Empty(await from.ListAsync<CoreCluster>());
        Assert.Empty(await from.ListAsync<CoreMachine>());
        Assert.Empty(await from.ListAsync<HetznerRobotMachine>());
        Assert.Empty(await from.ListAsync<HetznerRobotMachineTemplate>());
        Assert.Empty(await from.ListAsync<TalosConfig>());
        Assert.Equal(0, from.Infrastructure.Released);
        Assert.Equal(2, (await from.ListAsync<Node>()).Count);
    }

    [Fact]
    public async Task The_inventory_goes_with_what_it_owns_and_a_stranger_stays()
    {
        await using var from = await RunningAsync();
        await using var to = await StandInLab.StartAsync(servers: 1, withCluster: false);
        var host = await from.CreateAsync(new HetznerRobotHost { Metadata = Fleet.Meta("server-1"), Spec = new HetznerRobotHostSpec { ServerID = 2938101 } });
        await from.CreateAsync(new Secret { Metadata = Fleet.Meta("of-the-host") with { OwnerReferences = [Lab.StandIns.Owners.Of(host, controller: null)] } });
        await from.CreateAsync(new Secret { Metadata = Fleet.Meta("asked-for") with { Labels = new Dictionary<string, string> { ["clusterctl.cluster.x-k8s.io/move"] = "" } } });
        await from.CreateAsync(new Secret { Metadata = Fleet.Meta("red-kubeconfig") });
        await from.CreateAsync(new Secret { Metadata = Fleet.Meta("somebodys") });

        Assert.True((await new LabMove(from.Address, to.Address, Clock.Real).RunAsync(StandInLab.Namespace, default)).Succeeded);

        var arrived = await to.FindAsync<HetznerRobotHost>("server-1");
        Assert.Equal(arrived!.Metadata.Uid, (await to.FindAsync<Secret>("of-the-host"))!.Metadata.OwnerReferences.Single().Uid);
        Assert.NotNull(await to.FindAsync<Secret>("asked-for"));
        Assert.NotNull(await to.FindAsync<Secret>("red-kubeconfig"));
        Assert.Null(await to.FindAsync<Secret>("somebodys"));
        Assert.NotNull(await from.FindAsync<Secret>("somebodys"));
    }

    [Fact]
    public async Task Nothing_is_made_before_every_object_lets_itself_be_moved()
    {
        await using var from = await RunningAsync();
        await using var to = await StandInLab.StartAsync(servers: 1, withCluster: false);
        await from.PatchAsync<HetznerRobotCluster>("red", """{"metadata":{"annotations":{"clusterctl.cluster.x-k8s.io/block-move":""}}}""");

        var move = new LabMove(from.Address, to.Address, Clock.Real).RunAsync(StandInLab.Namespace, default);
        await from.UntilAsync<CoreCluster>(found => found.Single().Spec.Paused == true);
        Assert.Empty(await to.ListAsync<CoreCluster>());
        Assert.False(move.IsCompleted);

        await from.PatchAsync<HetznerRobotCluster>("red", """{"metadata":{"annotations":{"clusterctl.cluster.x-k8s.io/block-move":null}}}""");
        Assert.True((await move).Succeeded);
        Assert.NotNull(await to.FindAsync<HetznerRobotCluster>("red"));
    }

    [Fact]
    public async Task An_object_that_never_lets_go_ends_the_move_with_everything_still_there()
    {
        await using var from = await RunningAsync();
        await using var to = await StandInLab.StartAsync(servers: 1, withCluster: false);
        await from.PatchAsync<HetznerRobotCluster>("red", """{"metadata":{"annotations":{"clusterctl.cluster.x-k8s.io/block-move":""}}}""");

        var moved = await new LabMove(from.Address, to.Address, Clock.Real) { Patience = TimeSpan.Zero }.RunAsync(StandInLab.Namespace, default);

        Assert.Equal(MoveError.Blocked, moved.Failure?.Error);
        Assert.Empty(await to.ListAsync<HetznerRobotCluster>());
        Assert.False((await from.FindAsync<HetznerRobotCluster>("red"))!.Metadata.BeingDeleted);
    }

    [Fact]
    public async Task What_is_not_complete_or_paused_by_somebody_is_not_touched()
    {
        await using var from = await StandInLab.StartAsync(servers: 1);
        await using var to = await StandInLab.StartAsync(servers: 1, withCluster: false);
        var move = new LabMove(from.Address, to.Address, Clock.Real);

        Assert.Equal(MoveError.NotReady, (await move.RunAsync(StandInLab.Namespace, default)).Failure?.Error);
        Assert.Null((await from.FindAsync<CoreCluster>("red"))!.Spec.Paused);
        await from.PatchAsync<CoreCluster>("red", """{"spec":{"paused":true}}""");
        Assert.Equal(MoveError.AlreadyPaused, (await move.RunAsync(StandInLab.Namespace, default)).Failure?.Error);
        Assert.True((await from.FindAsync<CoreCluster>("red"))!.Spec.Paused);
        Assert.Empty(await to.ListAsync<CoreCluster>());
    }

    /// <summary>A cluster that may be moved.</summary>
    private static async Task<StandInLab> RunningAsync()
    {
        var lab = await StandInLab.StartAsync(servers: 4);
        await lab.PatchAsync<CoreCluster>("red", """{"status":{"initialization":{"controlPlaneInitialized":true}}}""", status: true);
        await lab.UntilAsync<CoreCluster>(found => found.Single().Status.Initialization is { InfrastructureProvisioned: true, ControlPlaneInitialized: true });
        return lab;
    }
}
