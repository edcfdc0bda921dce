using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>What a replica leaves to the others, and what keeps two that see different things from doing the same thing twice.</summary>
public sealed class ReplicaPlanTests
{
    private readonly Objects _objects = new();

    private static int ShardOf(int server) => ServerRegion.ShardOf(new ServerNumber(server));

    private IEnumerable<string> Written() => ControlPlan.Make(_objects.Look()).Writes.Select(write => write.ToString());

    /// <summary>What the replica that works these servers, and nothing else, knows.</summary>
    private void WorkOnly(params int[] servers)
    {
        _objects.Shards.Clear();
        _objects.Shards.UnionWith(servers.Select(ShardOf));
        foreach (var number in _objects.Servers.Keys.Where(number => !servers.Contains(number.Value)).ToList()) _objects.Servers.Remove(number);
    }

    [Fact]
    public void Only_the_replica_that_works_a_server_wishes_anything_of_it_and_writes_its_status()
    {
        _objects.AddHost(1);
        _objects.AddHost(2);
        WorkOnly(1);

        Assert.Equal([1], ControlPlan.Make(_objects.Look()).Wishes.Select(wish => wish.Number.Value));
        Assert.Equal(["status of HetznerRobotHost metal/node1"], Written());
    }

    [Fact]
    public void A_machine_with_a_server_is_the_business_of_whoever_works_the_server()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddHost(2);
        _objects.AddMachine("cp-0");

        WorkOnly(1);
        Assert.Contains("status of HetznerRobotMachine metal/cp-0", Written());

        WorkOnly(2);
        Assert.DoesNotContain("status of HetznerRobotMachine metal/cp-0", Written());
    }

    [Fact]
    public void A_machine_without_a_server_is_the_business_of_exactly_one_replica()
    {
        _objects.AddHost(1);
        _objects.AddMachine("cp-0");

        var claiming = Enumerable.Range(0, Actors.Journal.Shards.Count).Where(shard =>
        {
            _objects.Shards.Clear();
            _objects.Shards.Add(shard);
            return Written().Contains("claim of HetznerRobotHost metal/node1");
        });

        // The server's own replica shows it as available; which one claims it is decided by the machine's name alone.
        Assert.Single(claiming);
    }

    [Fact]
    public void A_server_that_another_replica_works_is_claimed_by_what_its_status_says()
    {
        _objects.AddMachine("cp-0");
        _objects.AddHost(1);
        _objects.Shards.Remove(ShardOf(1));
        _objects.Servers.Clear();
        Assert.DoesNotContain("claim of HetznerRobotHost metal/node1", Written());

        _objects.Hosts[0] = _objects.Hosts[0] with { Status = new HetznerRobotHostStatus { Phase = "Available" } };

        Assert.Contains("claim of HetznerRobotHost metal/node1", Written());
    }

    [Fact]
    public void The_status_of_a_server_worked_here_is_not_believed_before_the_server_has_spoken()
    {
        _objects.AddMachine("cp-0");
        _objects.AddHost(1);
        _objects.Servers.Clear();
        _objects.Hosts[0] = _objects.Hosts[0] with { Status = new HetznerRobotHostStatus { Phase = "Available" } };

        Assert.DoesNotContain("claim of HetznerRobotHost metal/node1", Written());
    }

    [Fact]
    public void Nothing_is_wished_for_a_claim_before_the_machine_names_the_host()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0");
        _objects.AreBound = false;

        Assert.Null(_objects.WishFor(1).Provision);
        Assert.Contains("\"hostRef\":{\"name\":\"node1\"}", _objects.WrittenTo("cp-0"), StringComparison.Ordinal);

        _objects.AreBound = true;
        Assert.NotNull(_objects.WishFor(1).Provision);
    }

    [Fact]
    public void Of_two_claims_for_one_machine_the_one_it_names_counts_and_the_other_goes_back()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddHost(2, consumer: "cp-0");
        _objects.AddMachine("cp-0", machine => machine with { Status = machine.Status with { HostRef = new HostReference { Name = "node2" } } });

        Assert.Null(_objects.WishFor(1).Provision);
        Assert.NotNull(_objects.WishFor(2).Provision);
        Assert.Contains("release of HetznerRobotHost metal/node1", Written());
        Assert.DoesNotContain("release of HetznerRobotHost metal/node2", Written());
    }

    [Fact]
    public void A_machine_that_names_a_host_gets_no_other_while_that_host_is_not_seen_to_be_claimed()
    {
        _objects.AddHost(1);
        _objects.AddHost(2, consumer: "cp-0");
        _objects.AddMachine("cp-0", machine => machine with { Status = machine.Status with { HostRef = new HostReference { Name = "node1" } } });
        WorkOnly(2);

        Assert.Null(_objects.WishFor(2).Provision);
        // Whether node1 has it is for the replica to say that works node1.
        Assert.DoesNotContain(Written(), write => write.Contains("cp-0", StringComparison.Ordinal) || write.StartsWith("claim", StringComparison.Ordinal));
    }

    [Fact]
    public void Clusters_are_the_business_of_exactly_one_replica()
    {
        var writing = Enumerable.Range(0, Actors.Journal.Shards.Count).Where(shard =>
        {
            _objects.Shards.Clear();
            _objects.Shards.Add(shard);
            return Written().Contains("status of HetznerRobotCluster metal/demo");
        });

        Assert.Single(writing);
    }

    [Fact]
    public void A_claimed_host_that_lost_its_finalizer_gets_it_back_unless_it_is_being_moved()
    {
        var host = _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0");
        _objects.Hosts[0] = host with { Metadata = host.Metadata with { Finalizers = ["other"] } };
        Assert.Equal($$$"""finalizer of HetznerRobotHost metal/node1 {"metadata":{"finalizers":["other","{{{Names.HostFinalizer}}}"]}}""", _objects.WrittenTo("node1"));

        foreach (var moving in new[] { ClusterApi.PausedAnnotation, ClusterApi.DeleteForMoveAnnotation })
        {
            _objects.Hosts[0] = host with { Metadata = host.Metadata with { Finalizers = [], Annotations = new Dictionary<string, string> { [moving] = "" } } };
            Assert.DoesNotContain("finalizer of HetznerRobotHost metal/node1", Written());
        }

        _objects.Hosts[0] = host with { Metadata = host.Metadata with { Finalizers = [] } };
        _objects.Cluster = _objects.Cluster with { Spec = _objects.Cluster.Spec with { Paused = true } };
        Assert.DoesNotContain("finalizer of HetznerRobotHost metal/node1", Written());
    }

    [Fact]
    public void A_node_whose_Machine_has_another_UID_after_a_move_is_claimed_for_that_one()
    {
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0", machine => machine with
        {
            Spec = machine.Spec with { ProviderID = "hetzner-robot://1" },
            Metadata = machine.Metadata with { OwnerReferences = [machine.Metadata.OwnerReferences[0] with { Uid = "uid-there" }] },
        });

        Assert.Equal(
            """claim of HetznerRobotHost metal/node1 {"spec":{"consumerRef":{"kind":"HetznerRobotMachine","name":"cp-0","namespace":"metal","uid":"uid-there"}}}""",
            _objects.WrittenTo("node1"));
    }

    [Fact]
    public void A_machine_made_again_under_the_same_name_is_not_the_node_of_the_one_before()
    {
        _objects.AreBound = false;
        _objects.AddHost(1, consumer: "cp-0");
        _objects.AddHost(2);
        _objects.AddMachine("cp-0", machine => machine with
        {
            Metadata = machine.Metadata with { OwnerReferences = [machine.Metadata.OwnerReferences[0] with { Uid = "uid-again" }] },
        });

        Assert.Contains("claim of HetznerRobotHost metal/node2", Written());
        Assert.DoesNotContain(Written(), write => write.StartsWith("providerID", StringComparison.Ordinal));
        Assert.True(_objects.WishFor(1).Paused);
    }

    [Fact]
    public void A_host_deleted_while_in_use_stays_and_says_for_whom()
    {
        var host = _objects.AddHost(1, consumer: "cp-0");
        _objects.AddMachine("cp-0");
        _objects.Hosts[0] = host with { Metadata = host.Metadata with { DeletionTimestamp = Objects.Now } };

        Assert.Contains("still the server of metal/cp-0", _objects.WrittenTo("node1"), StringComparison.Ordinal);

        _objects.Hosts[0] = _objects.Hosts[0] with { Spec = host.Spec with { ConsumerRef = null } };
        Assert.Equal("""finalizer of HetznerRobotHost metal/node1 {"metadata":{"finalizers":[]}}""", _objects.WrittenTo("node1"));
    }
}
