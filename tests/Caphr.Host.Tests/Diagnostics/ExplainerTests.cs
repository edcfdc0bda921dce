using Caphr.Actors.Servers;
using Caphr.Host.Diagnostics;
using Caphr.Host.Tests.Control;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Diagnostics;

public sealed class ExplainerTests
{
    private readonly Objects _objects = new();

    private static Condition Condition(string type, string status, string reason, string message = "") =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = Objects.Now };

    private static Func<HetznerRobotMachine, HetznerRobotMachine> Showing(params Condition[] conditions) => machine => machine with { Status = machine.Status with { Conditions = conditions } };

    private Explanation Explain(string machine)
    {
        var world = _objects.Look();
        return Explainer.Of(world.InfraMachines.Single(one => one.Metadata.Name == machine), world);
    }

    [Fact]
    public void A_machine_that_is_Ready_needs_nothing()
    {
        _objects.AddMachine("cp-0", Showing(Condition("Ready", "True", "Ready"), Condition("Paused", "False", "NotPaused"), Condition("HostAssociated", "True", "HostAssociated")));
        var told = Explain("cp-0");
        Assert.True(told.Ready);
        Assert.Equal("Ready since 2026-03-01 03:00:00 UTC.", told.Why[0]);
        Assert.Empty(told.ToDo);
    }

    [Fact]
    public void What_keeps_a_machine_waiting_is_told_from_the_object_inwards_with_what_to_do()
    {
        _objects.AddMachine(
            "cp-0",
            Showing(Condition("Ready", "False", "NoHostAvailable", "No server fits."), Condition("HostAssociated", "False", "NoHostAvailable", "No server fits."), Condition("Paused", "False", "NotPaused")),
            owner => owner with { Spec = owner.Spec with { Bootstrap = new MachineBootstrap() } });

        var told = Explain("cp-0");

        Assert.False(told.Ready);
        Assert.Equal(
            [
                "Not Ready since 2026-03-01 03:00:00 UTC: No server fits. (NoHostAvailable)",
                "Machine cp-0 owns it; its bootstrap provider has not written the configuration yet.",
                "Cluster demo is provisioned.",
                "It has no server yet.",
            ],
            told.Why);
        Assert.StartsWith("The message says for each group of servers why it does not fit", Assert.Single(told.ToDo), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_has_failed_is_told_with_the_command_that_tries_again()
    {
        _objects.AddMachine("cp-0", Showing(Condition("Ready", "False", "NoDisks", "The rescue system sees no disk at all.")));
        var failed = new ServerState.Failed(ServerPhase.InRescue, "NoDisks", "The rescue system sees no disk at all.") { Number = new ServerNumber(7), Since = Objects.Now, Plan = Plan() };
        _objects.AddHost(7, "cp-0", failed);

        var told = Explain("cp-0");

        Assert.Contains("Its server is 7 (HetznerRobotHost node7).", told.Why);
        Assert.Contains(told.Why, why => why.StartsWith("The server is in phase Failed since 2026-03-01 03:00:00 UTC: The rescue system sees no disk at all.", StringComparison.Ordinal));
        Assert.Equal(2, told.ToDo.Count);
        Assert.StartsWith("Correct installDisk, or have the hardware looked at", told.ToDo[0], StringComparison.Ordinal);
        Assert.Contains("kubectl annotate --overwrite -n metal hetznerrobotmachine cp-0 caphr.io/retry=", told.ToDo[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_of_another_replica_is_not_judged_here()
    {
        _objects.AddMachine("cp-0", Showing(Condition("Ready", "False", "Installing")));
        _objects.AddHost(7, "cp-0");
        _objects.Shards.Clear();

        var told = Explain("cp-0");

        Assert.Contains("Another replica works this server: ask it with `caphr server list`.", told.Why);
        Assert.DoesNotContain(told.Why, why => why.StartsWith("The server is in phase", StringComparison.Ordinal));
    }

    [Fact]
    public void A_paused_cluster_is_named()
    {
        _objects.Cluster = _objects.Cluster with { Spec = _objects.Cluster.Spec with { Paused = true } };
        _objects.AddMachine("cp-0", Showing(Condition("Ready", "False", "Paused", "Paused: nothing is started."), Condition("Paused", "True", "Paused")));
        Assert.Contains("Cluster demo is paused: nothing is started.", Explain("cp-0").Why);
    }

    [Fact]
    public void A_host_says_whom_it_is_for_and_a_cluster_what_it_has()
    {
        _objects.AddMachine("cp-0");
        var host = _objects.AddHost(7, "cp-0");
        _objects.AddHost(8);
        var world = _objects.Look();

        Assert.Contains("It is claimed by HetznerRobotMachine metal/cp-0.", Explainer.Of(host, world).Why);
        Assert.Contains("Its namespace has 2 HetznerRobotHosts, of which 1 are claimed by no machine.", Explainer.Of(world.InfraClusters[0], world).Why);
    }

    private static Provision Plan() => new()
    {
        Claim = new ClaimId("uid-cp-0"),
        Machine = new ObjectName(Objects.Namespace, "cp-0"),
        Cluster = "demo",
        Robot = new RobotAccess(new ObjectName("metal", "robot"), new ObjectName("metal", "ssh")),
        Image = new Uri("https://factory.talos.dev/image"),
        TalosVersion = "v1.12.4",
        ProviderId = "hetzner-robot://7",
        TalosSecrets = new ObjectName("metal", "talos"),
    };
}
