using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>How many servers of a cluster may be down at once, and when nothing new begins at all.</summary>
public sealed class BrakeTests
{
    private readonly Objects _objects = new();

    [Fact]
    public void Only_so_many_begin_as_the_limit_leaves_room_for_and_the_longest_waiting_first()
    {
        Limits(new WorkLimits { AtOnce = 2 });
        Add(1, number => new ServerState.Installing(new RescueBoot("k", "m", "u"), Disk(), 1) { Number = number, Plan = Plan(number) });
        Add(2, Claimed, sinceMinutesAgo: 1);
        Add(3, Claimed, sinceMinutesAgo: 9);
        Add(4, Claimed, sinceMinutesAgo: 5);

        Assert.Equal([2, 4], Held("LimitReached"));
    }

    [Fact]
    public void Without_limits_nothing_is_held_back()
    {
        for (var number = 1; number <= 8; number++) Add(number, Claimed);

        Assert.Empty(Held("LimitReached"));
        Assert.Empty(Held("TooManyFailures"));
    }

    [Fact]
    public void What_cannot_begin_yet_takes_nobodys_turn()
    {
        Limits(new WorkLimits { AtOnce = 1 });
        Add(1, number => new ServerState.Claimed { Number = number, Plan = Plan(number) with { Bootstrap = null } }, sinceMinutesAgo: 9);
        Add(2, Claimed, sinceMinutesAgo: 1);

        Assert.Empty(Held("LimitReached"));
    }

    [Fact]
    public void Many_failures_stop_what_is_new_and_not_what_goes_back()
    {
        for (var number = 1; number <= 5; number++) Add(number, Failed);
        Add(6, Claimed);
        Add(7, Claimed, deleting: true);

        Assert.Contains(6, Held("TooManyFailures"));
        Assert.DoesNotContain(7, Held("TooManyFailures"));
        var condition = ClusterProjection.Of(_objects.InfraCluster, _objects.Look()).Conditions.Single(one => one.Type == "WorkAllowed");
        Assert.Equal(("False", "TooManyFailures"), (condition.Status, condition.Reason));
    }

    [Theory]
    [InlineData(4, null, false)]
    [InlineData(4, 4, true)]
    [InlineData(5, 6, false)]
    public void How_many_failures_are_too_many_is_the_clusters_choice(int failures, int? limit, bool stops)
    {
        Limits(new WorkLimits { FailuresToStop = limit });
        for (var number = 1; number <= failures; number++) Add(number, Failed);

        Assert.Equal(stops, Brake.WhyStopped(_objects.Cluster, _objects.InfraCluster, _objects.Look()) is not null);
    }

    [Fact]
    public void That_work_stops_and_goes_on_is_told_once_each()
    {
        for (var number = 1; number <= 5; number++) Add(number, Failed);
        var stopped = News();
        Assert.Equal(("TooManyFailures", true), (stopped?.Reason, stopped?.Warning));

        Show();
        Assert.Null(News());

        Limits(new WorkLimits { FailuresToStop = 6 });
        Assert.Equal(new EventText("WorkAllowed", "Fewer servers of the cluster have failed now: what is new is begun again."), News());

        Show();
        Assert.Null(News());
    }

    private EventText? News() => ControlPlan.Make(_objects.Look()).Writes.FirstOrDefault(write => write is Write.Of<HetznerRobotCluster> { Status: true })?.News;

    private void Show() => _objects.InfraCluster = _objects.InfraCluster with { Status = ClusterProjection.Of(_objects.InfraCluster, _objects.Look()) };

    private List<int> Held(string reason) => [.. ControlPlan.Make(_objects.Look()).Wishes.Where(wish => wish.Hold?.Reason == reason).Select(wish => wish.Number.Value).Order()];

    private void Limits(WorkLimits limits) => _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { Limits = limits } };

    private void Add(int number, Func<ServerNumber, ServerState> state, int sinceMinutesAgo = 0, bool deleting = false)
    {
        _objects.AddHost(number, consumer: $"m-{number}", state: state(new ServerNumber(number)) with { Since = Objects.Now.AddMinutes(-sinceMinutesAgo) });
        _objects.AddMachine($"m-{number}", machine => deleting ? machine with { Metadata = machine.Metadata with { DeletionTimestamp = Objects.Now } } : machine);
    }

    private static ServerState Claimed(ServerNumber number) => new ServerState.Claimed { Number = number, Plan = Plan(number) };

    private static ServerState Failed(ServerNumber number) => new ServerState.Failed(ServerPhase.Installing, "R", "m") { Number = number, Plan = Plan(number) };

    private static DiskFacts Disk() => new("nvme0n1", "S1", null, null, 1, Rotational: false, Foreign: null);

    private static Provision Plan(ServerNumber number) => new()
    {
        Claim = new ClaimId($"uid-m-{number}"),
        Machine = new ObjectName(Objects.Namespace, $"m-{number}"),
        Cluster = "demo",
        Robot = new RobotAccess(new ObjectName(Objects.Namespace, "robot"), new ObjectName(Objects.Namespace, "ssh")),
        Image = new Uri("https://factory.talos.dev/image"),
        TalosVersion = "v1.12.4",
        ProviderId = $"hetzner-robot://{number}",
        TalosSecrets = new ObjectName(Objects.Namespace, "demo-talos"),
        Bootstrap = new ObjectName(Objects.Namespace, $"m-{number}"),
    };
}
