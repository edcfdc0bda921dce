using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Host.Tests.Control;

/// <summary>What is remembered of a fleet that stands still changes nothing of what is found when it does not.</summary>
public sealed class KnownStatusesTests
{
    private const int Size = 3;
    private static readonly ServerNumber s_second = new(2);

    private readonly Objects _fleet = Objects.StandingStill(Size);
    private readonly KnownStatuses _known = new();

    [Fact]
    public void Where_nothing_is_to_be_written_each_object_is_remembered()
    {
        Assert.Empty(ControlPlan.Make(_fleet.Look(), _known).Writes);
        var world = _fleet.Look();
        Assert.All(_fleet.Hosts, host => Assert.True(_known.TryFind(host, HostProjection.MadeOf(host, world)!, out var write) && write is null));
        Assert.All(_fleet.InfraMachines, machine => Assert.True(_known.TryFind(machine, MachineProjection.MadeOf(machine, world)!, out var write) && write is null));
    }

    /// <summary>As after an upgrade that words something anew: thousands wait for their turn, and each look plans all of them.</summary>
    [Fact]
    public void What_is_to_be_written_is_found_out_once_and_planned_until_it_is()
    {
        Happenings["somebody writes a machine's status"](_fleet);
        var first = Assert.Single(ControlPlan.Make(_fleet.Look(), _known).Writes);

        Assert.Same(first, Assert.Single(ControlPlan.Make(_fleet.Look(), _known).Writes));

        _fleet.Settle();
        Assert.Empty(ControlPlan.Make(_fleet.Look(), _known).Writes);
    }

    public static TheoryData<string> Changes => [.. Happenings.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_happens_is_found_as_if_nothing_were_remembered(string change)
    {
        ControlPlan.Make(_fleet.Look(), _known);
        Happenings[change](_fleet);

        var fresh = Told(ControlPlan.Make(_fleet.Look()));
        Assert.NotEmpty(fresh);
        Assert.Equal(fresh, Told(ControlPlan.Make(_fleet.Look(), _known)));

        // And back again: what was remembered before the change is of objects that are still the same.
        _fleet.Settle();
        Assert.Equal(Told(ControlPlan.Make(_fleet.Look())), Told(ControlPlan.Make(_fleet.Look(), _known)));
    }

    private static Dictionary<string, Action<Objects>> Happenings { get; } = new()
    {
        ["the cluster is paused"] = fleet => fleet.Cluster = fleet.Cluster with { Spec = fleet.Cluster.Spec with { Paused = true } },
        ["our cluster is paused"] = fleet => fleet.InfraCluster = fleet.InfraCluster with { Metadata = Annotated(fleet.InfraCluster.Metadata, "cluster.x-k8s.io/paused", "") },
        ["a server loses its node"] = fleet => fleet.Servers[s_second] = new ServerSnapshot(
            new ServerState.Failed(ServerPhase.Remediating, "NodeSilent", "It does not come back.") { Number = s_second, Plan = ((ServerState.Held)fleet.Servers[s_second].State).Plan, Record = fleet.Servers[s_second].State.Record },
            Note: null),
        ["a server is in trouble"] = fleet => fleet.Servers[s_second] = fleet.Servers[s_second] with { State = fleet.Servers[s_second].State with { Trouble = new Trouble(1, "TalosSilent", "It does not answer.", Objects.Now) } },
        ["somebody writes a machine's status"] = fleet => fleet.InfraMachines[1] = fleet.InfraMachines[1] with { Status = fleet.InfraMachines[1].Status with { Message = "Mine now." } },
        ["a host is another generation"] = fleet => fleet.Hosts[1] = fleet.Hosts[1] with { Metadata = fleet.Hosts[1].Metadata with { Generation = 2 } },
        ["a host is being deleted"] = fleet => fleet.Hosts[1] = fleet.Hosts[1] with { Metadata = fleet.Hosts[1].Metadata with { DeletionTimestamp = Objects.Now } },
        ["a machine is being deleted"] = fleet => fleet.InfraMachines[1] = fleet.InfraMachines[1] with { Metadata = fleet.InfraMachines[1].Metadata with { DeletionTimestamp = Objects.Now } },
        ["a server is another one's"] = fleet => fleet.Hosts[1] = fleet.Hosts[1] with { Spec = fleet.Hosts[1].Spec with { ConsumerRef = fleet.Hosts[0].Spec.ConsumerRef } },
    };

    private static ObjectMeta Annotated(ObjectMeta metadata, string name, string value) => metadata with { Annotations = new Dictionary<string, string>(metadata.Annotations) { [name] = value } };

    private static List<string> Told(ControlPlan plan) => [.. plan.Writes.Select(write => $"{write} {Objects.Body(write).ToJsonString()}")];
}
