using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

public sealed class MachineSetTests
{
    [Fact]
    public async Task A_set_makes_its_machines_from_its_templates()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        var set = await lab.CreateAsync(Fleet.Set(replicas: 3));

        var machines = await lab.UntilRunningAsync(3);

        var machine = machines[0];
        Assert.True(machine.IsControlledBy(set));
        Assert.Null(machine.Metadata.OwnerOf(Cluster.Resource));
        Assert.Equal(("worker", "red", "crew"), (machine.Metadata.Labels["role"], machine.Metadata.Labels["cluster.x-k8s.io/cluster-name"], machine.Metadata.Labels["cluster.x-k8s.io/set-name"]));
        var infra = (await lab.FindAsync<HetznerRobotMachine>(machine.Metadata.Name))!;
        Assert.Equal("workers-v1", infra.Metadata.Annotations["cluster.x-k8s.io/cloned-from-name"]);
        Assert.Equal("HetznerRobotMachineTemplate.infrastructure.cluster.x-k8s.io", infra.Metadata.Annotations["cluster.x-k8s.io/cloned-from-groupkind"]);
        Assert.Equal(("seven", "worker", "v1.12.4"), (infra.Metadata.Labels["rack"], infra.Metadata.Labels["role"], infra.Spec.TalosVersion));
        Assert.Equal(machine.Metadata.Uid, Assert.Single(infra.Metadata.OwnerReferences).Uid);
        Assert.Equal("worker", (await lab.FindAsync<TalosConfig>(machine.Metadata.Name))!.Spec.GenerateType);
        Assert.NotNull((await lab.FindAsync<HetznerRobotMachineTemplate>("workers-v1"))!.Metadata.OwnerOf(Cluster.Resource));
        Assert.NotNull((await lab.FindAsync<MachineSet>("crew"))!.Metadata.OwnerOf(Cluster.Resource));
        await lab.UntilAsync<MachineSet>(found => found.Single().Status is { Replicas: 3, ReadyReplicas: 3, AvailableReplicas: 3, UpToDateReplicas: 3, Selector: "role=worker" });
    }

    [Fact]
    public async Task The_machine_that_somebody_marked_goes_first()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        await lab.CreateAsync(Fleet.Set(replicas: 3, DeletionOrder.Newest));
        var marked = (await lab.UntilRunningAsync(3)).MinBy(machine => machine.Metadata.CreationTimestamp)!.Metadata.Name;
        await lab.PatchAsync<CoreMachine>(marked, """{"metadata":{"annotations":{"cluster.x-k8s.io/delete-machine":""}}}""");

        await lab.PatchAsync<MachineSet>("crew", """{"spec":{"replicas":2}}""");

        var left = await lab.UntilAsync<CoreMachine>(found => found.Count == 2);
        Assert.DoesNotContain(left, machine => machine.Metadata.Name == marked || machine.Metadata.BeingDeleted);
    }

    [Fact]
    public async Task A_machine_is_replaced_only_when_it_is_gone()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2);
        await lab.CreateAsync(Fleet.Set(replicas: 2));
        var first = (await lab.UntilRunningAsync(2))[0].Metadata.Name;
        lab.Infrastructure.KeepsServers = true;

        await lab.DeleteAsync<CoreMachine>(first);
        await lab.UntilAsync<HetznerRobotMachine>(found => found.Any(infra => infra.Metadata.BeingDeleted));
        // Any other write of the stand-ins shows that they looked at the set again.
        await lab.PatchAsync<MachineSet>("crew", """{"spec":{"selector":{"matchLabels":{"role":"worker","more":"yes"}}}}""");
        await lab.UntilAsync<MachineSet>(found => found.Single().Status.Selector == "more=yes,role=worker");
        Assert.Equal(2, (await lab.ListAsync<CoreMachine>()).Count);

        lab.Infrastructure.KeepsServers = false;
        Assert.DoesNotContain(await lab.UntilRunningAsync(2), machine => machine.Metadata.Name == first);
    }

    [Fact]
    public async Task A_machine_its_health_check_handed_over_is_replaced_and_one_that_is_only_ill_is_not()
    {
        await using var lab = await StandInLab.StartAsync(servers: 3);
        await lab.CreateAsync(Fleet.Set(replicas: 2));
        var machines = await lab.UntilRunningAsync(2);
        var (ill, given) = (machines[0].Metadata.Name, machines[1].Metadata.Name);
        await lab.SayAsync(ill, "HealthCheckSucceeded");

        await lab.SayAsync(given, "HealthCheckSucceeded", "OwnerRemediated");

        await lab.UntilAsync<CoreMachine>(found => found.All(machine => machine.Metadata.Name != given));
        Assert.Contains(await lab.UntilAsync<CoreMachine>(found => found.Count == 2), machine => machine.Metadata.Name == ill && !machine.Metadata.BeingDeleted);
    }

    [Fact]
    public async Task What_belongs_to_a_machine_that_cannot_be_made_is_taken_back()
    {
        await using var lab = await StandInLab.StartAsync(servers: 1);
        // A template takes what the object made from it may not have.
        var set = Fleet.Set(replicas: 1);
        set = set with { Spec = set.Spec with { Template = set.Spec.Template with { Metadata = new TemplateMetadata { Labels = new Dictionary<string, string> { ["role"] = "worker", ["bad"] = "not a label!" } } } } };

        await lab.CreateAsync(set);
        await lab.UntilAsync<MachineSet>(found => found.Single().Status.Replicas == 0);
        await lab.PatchAsync<MachineSet>("crew", """{"spec":{"template":{"metadata":{"labels":{"bad":null}}}}}""");

        await lab.UntilRunningAsync(1);
        Assert.Single(await lab.ListAsync<TalosConfig>());
        Assert.Single(await lab.ListAsync<HetznerRobotMachine>());
    }

    [Fact]
    public async Task A_deleted_set_goes_after_its_machines()
    {
        await using var lab = await StandInLab.StartAsync(servers: 2);
        await lab.CreateAsync(Fleet.Set(replicas: 2));
        await lab.UntilRunningAsync(2);
        lab.Infrastructure.KeepsServers = true;

        await lab.DeleteAsync<MachineSet>("crew");
        await lab.UntilAsync<HetznerRobotMachine>(found => found.All(infra => infra.Metadata.BeingDeleted));
        Assert.NotNull(await lab.FindAsync<MachineSet>("crew"));

        lab.Infrastructure.KeepsServers = false;
        await lab.UntilAsync<MachineSet>(found => found.Count == 0);
        Assert.Empty(await lab.ListAsync<CoreMachine>());
    }
}
