using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

public sealed class ClusterChecksTests
{
    private static readonly ObjectKey s_demo = new(Objects.Namespace, "demo");
    private static readonly ClusterHealth s_well = new(Reason: null, "");
    private static readonly ClusterHealth s_sick = new("CredentialsRejected", "Robot rejects the login.");

    private readonly Objects _objects = new();
    private readonly ClusterChecks _checks = new();
    private DateTimeOffset _now = Objects.Now;

    [Fact]
    public void A_cluster_is_checked_once_until_the_answer_comes()
    {
        Assert.Equal([s_demo], Started());
        _now += TimeSpan.FromHours(1);

        Assert.Empty(Started());
        Assert.Null(Ask().Again);
        Assert.Empty(_checks.Health);
    }

    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, 30)]
    public void It_is_checked_again_at_the_pace_of_what_came_of_it(bool isWell, int seconds)
    {
        Answer(isWell ? s_well : s_sick);

        Assert.Equal(isWell ? s_well : s_sick, _checks.Health[s_demo]);
        _now += TimeSpan.FromSeconds(seconds - 1);
        var early = Ask();
        Assert.Empty(early.Start);
        Assert.Equal(TimeSpan.FromSeconds(1), early.Again);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal([s_demo], Started());
    }

    [Fact]
    public void Other_credentials_are_tried_at_once_even_while_the_old_ones_are()
    {
        Started();
        _objects.InfraCluster = _objects.InfraCluster with { Spec = _objects.InfraCluster.Spec with { RobotSecretRef = new SecretReference { Name = "another" } } };

        var (cluster, access) = Assert.Single(Ask().Start);

        Assert.Equal((s_demo, "another"), (cluster, access.Credentials.Name));
        Assert.Empty(Started());
    }

    [Fact]
    public void What_was_known_before_is_no_news()
    {
        Assert.True(Answer(s_well));
        _now += TimeSpan.FromMinutes(1);
        Assert.False(Answer(s_well));
        _now += TimeSpan.FromMinutes(1);
        Assert.True(Answer(s_sick));
    }

    [Fact]
    public void A_cluster_that_another_replica_minds_is_not_checked()
    {
        _objects.Shards.Clear();
        Assert.Empty(Started());
    }

    [Fact]
    public void A_cluster_that_is_gone_is_forgotten()
    {
        Answer(s_well);
        _objects.InfraCluster = _objects.InfraCluster with { Metadata = Objects.Meta("other") };

        Assert.Equal([new ObjectKey(Objects.Namespace, "other")], Started());
        Assert.Empty(_checks.Health);
    }

    [Theory]
    [InlineData("RobotReachable")]
    [InlineData("CredentialsAvailable")]
    public void That_a_cluster_has_opened_is_said_once_and_only_after_it_was_shut(string gate)
    {
        Assert.False(Opens(gate, "True"));
        Assert.False(Opens(gate, "False"));
        Assert.False(Opens(gate, "Unknown"));
        Assert.True(Opens(gate, "True"));
        Assert.False(Opens(gate, "True"));
    }

    [Fact]
    public void A_cluster_whose_other_gate_is_shut_has_not_opened()
    {
        Opens("RobotReachable", "False");
        Assert.False(Opens(("RobotReachable", "True"), ("CredentialsAvailable", "False")));
        Assert.True(Opens(("RobotReachable", "True"), ("CredentialsAvailable", "True")));
    }

    private ClusterChecks.Turn Ask() => _checks.Ask(_objects.Look().InfraClusters, _objects.Shards, _now);

    private IEnumerable<ObjectKey> Started() => Ask().Start.Select(one => one.Cluster);

    private bool Answer(ClusterHealth health)
    {
        var (cluster, access) = Assert.Single(Ask().Start);
        return _checks.Settle(cluster, access, health, _now);
    }

    private bool Opens(string gate, string status) => Opens((gate, status));

    private bool Opens(params (string Type, string Status)[] gates)
    {
        var conditions = gates.Select(gate => new Condition { Type = gate.Type, Status = gate.Status, Reason = "Test", LastTransitionTime = _now });
        _objects.InfraCluster = _objects.InfraCluster with { Status = _objects.InfraCluster.Status with { Conditions = [.. conditions] } };
        return _checks.OneHasOpened(_objects.Look());
    }
}
