using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Talos.Calls;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class ControlPlaneCrewTests
{
    private static readonly TalosControlPlane s_plane = Fleet.ControlPlane(replicas: 2) with { Metadata = TheCluster.Metadata with { Name = "brain", Uid = "uid-brain" } };

    [Fact]
    public void An_etcd_that_answers_early_bootstraps_nothing_while_a_machine_has_no_address()
    {
        Assert.False(Bootstrapped(Member("one", "10.0.0.1"), Member("two", address: null)));
        Assert.True(Bootstrapped(Member("one", "10.0.0.1"), Member("two", "10.0.0.2")));
    }

    private static bool? Bootstrapped(params IReadOnlyList<CoreMachine> machines)
    {
        var observed = All with
        {
            Machines = machines,
            EtcdMembers = new Dictionary<ObjectKey, IReadOnlyList<EtcdPeer>> { [TheCluster.Key] = [new EtcdPeer(1, "node-one", IsLearner: false)] },
        };
        var report = ControlPlaneCrew.Of(s_plane, TheCluster, observed).Report(s_plane, observed);
        return (bool?)Assert.IsType<Write.Change<TalosControlPlane>>(report).Body["status"]!["bootstrapped"];
    }

    private static CoreMachine Member(string name, string? address) => TheMachine with
    {
        Metadata = TheMachine.Metadata with { Name = name, OwnerReferences = [Owners.Of(s_plane, controller: true)] },
        Status = new CoreMachineStatus { Addresses = address is null ? [] : [new MachineAddress { Type = AddressType.ExternalIP, Address = address }] },
    };
}
