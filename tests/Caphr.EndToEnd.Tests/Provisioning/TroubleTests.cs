using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>What a person gets wrong at three in the morning: each is one clear condition and one sentence in the log, and nothing spins.</summary>
public sealed class TroubleTests
{
    private static Condition? ConditionOf(IEnumerable<Condition>? conditions, string type) => conditions?.FirstOrDefault(condition => condition.Type == type);

    [Fact]
    public async Task A_wrong_Robot_password_is_tried_once_and_said_once_until_the_Secret_changes()
    {
        await using var lab = await TestLab.StartAsync(network: 203, servers: 1);
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane, document => document.Replace("robot-demo", "guessed", StringComparison.Ordinal));
        lab.StartController();

        await lab.EventuallyAsync("the condition", async () =>
            ConditionOf((await lab.GetAsync<HetznerRobotCluster>("demo"))?.Status.Conditions, "CredentialsAvailable") is { Status: "False", Reason: "RobotCredentialsRefused" });
        Assert.Single(lab.Datacenter.Robot.Requests);
        await lab.EventuallyAsync("the sentence", () => Refusals(lab) > 0);
        Assert.Equal(1, Refusals(lab));

        await lab.ApplyDemoAsync(document => document.Contains("kind: Secret", StringComparison.Ordinal));
        await lab.EventuallyAsync("Provisioned with the right password", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
    }

    [Fact]
    public async Task A_missing_Secret_is_named_with_what_to_put_in_it()
    {
        await using var lab = await TestLab.StartAsync(network: 204, servers: 1);
        await lab.ApplyDemoAsync(document => CrashTests.OneControlPlane(document) && !document.Contains("kind: Secret", StringComparison.Ordinal));
        lab.StartController();

        await lab.EventuallyAsync("the condition", async () => ConditionOf((await lab.GetAsync<HetznerRobotCluster>("demo"))?.Status.Conditions, "CredentialsAvailable") is
        {
            Status: "False",
            Reason: "SecretMissing",
            Message: "There is no Secret demo/robot, which should hold the Robot web service user. Create it with the keys robot-user and robot-password.",
        });
        Assert.Empty(lab.Datacenter.Robot.Requests);
        Assert.Empty(lab.Datacenter.World.Ledger.All());
    }

    [Fact]
    public async Task A_bootstrap_Secret_that_never_comes_leaves_the_server_untouched()
    {
        await using var lab = await TestLab.StartAsync(network: 205, servers: 1);
        await lab.ApplyDemoAsync(document => CrashTests.OneControlPlane(document) && !document.Contains("apiVersion: bootstrap", StringComparison.Ordinal));
        lab.StartController();

        await lab.EventuallyAsync("the condition", async () =>
            ConditionOf((await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Conditions, "BootstrapDataReady") is { Status: "False", Reason: "WaitingForBootstrapData" });
        var machine = await lab.GetAsync<HetznerRobotMachine>("control-plane-1");
        Assert.Equal("Claimed", machine!.Status.Phase);
        Assert.Contains("the server is not touched before", machine.Status.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Datacenter.World.Ledger.All());

        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
    }

    [Fact]
    public async Task An_API_server_that_is_gone_is_one_sentence_for_each_kind_and_work_goes_on_when_it_is_back()
    {
        await using var lab = await TestLab.StartAsync(network: 206, servers: 1);
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);
        var cut = lab.Datacenter.Kubernetes.Faults.CutNetwork();
        lab.StartController();
        await lab.EventuallyAsync("every watch has said so", () => Complaints(lab).Count >= 5);
        await Task.Delay(TimeSpan.FromSeconds(2), TestLab.Clock);
        var complaints = Complaints(lab);
        Assert.Equal(complaints.Distinct(), complaints);

        cut.Dispose();
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
        Assert.Equal(1, lab.Datacenter.World.Ledger.Count(2938101, Fact.ResetPressed));
    }

    [Fact]
    public async Task Robot_closed_for_maintenance_is_waited_out()
    {
        await using var lab = await TestLab.StartAsync(network: 207, servers: 1);
        lab.Datacenter.Robot.Inject(new RobotFault.Answer(503), times: 3);
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);
        lab.StartController();

        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
    }

    [Fact]
    public async Task What_the_watch_filter_leaves_out_is_somebody_elses()
    {
        await using var lab = await TestLab.StartAsync(network: 210, servers: 2);
        await lab.ApplyDemoAsync(document => CrashTests.OneControlPlane(document) || document.Contains("name: server-2\n", StringComparison.Ordinal));
        foreach (var labelled in new[] { "hetznerrobotcluster/demo", "hetznerrobotmachine/control-plane-1", "hetznerrobothost/server-2" })
            await lab.KubectlAsync("-n", "demo", "label", labelled, "cluster.x-k8s.io/watch-filter=blue");
        lab.StartController("--watch-filter", "blue");

        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");
        Assert.Null((await lab.GetAsync<HetznerRobotHost>("server-1"))!.Status.Phase);
        Assert.Equal(0, lab.Datacenter.World.Ledger.Count(2938101, Fact.ResetPressed));
        Assert.Equal(1, lab.Datacenter.World.Ledger.Count(2938102, Fact.ResetPressed));
    }

    private static int Refusals(TestLab lab) => lab.Log.Count(line => line.Contains("RobotCredentialsRefused", StringComparison.Ordinal));

    private static List<string> Complaints(TestLab lab) =>
        [.. lab.Log.Where(line => line.Contains("Not watching", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("Not watching", StringComparison.Ordinal))..])];
}
