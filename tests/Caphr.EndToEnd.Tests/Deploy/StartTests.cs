using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Host;
using Caphr.Host.Journals;
using Caphr.Host.Tests.Journals;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Xunit.Abstractions;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>The executable of today on what others have left: journals and objects of older releases, and very many of them.</summary>
public sealed class StartTests(ITestOutputHelper output)
{
    private const int Many = 1000;

    private static readonly string s_journals = Path.Combine(Checkout.Root, "tests", "Caphr.Host.Tests", "Journals", "Frozen");

    public static TheoryData<string> Journals { get; } = [.. Directory.GetFiles(s_journals, "sqlite-*.db").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Releases { get; } =
        [.. Directory.GetDirectories(FrozenObjectsTests.Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>As whoever upgrades does it who wants to look first: paused.</summary>
    [Theory]
    [MemberData(nameof(Journals))]
    public async Task On_a_journal_of_an_older_release_every_server_stands_where_it_stood_and_nothing_is_done_to_it(string journal)
    {
        await using var lab = await TestLab.StartAsync(network: 236, servers: 1);
        using var probe = new Probe();
        await ApplyRobotAsync(lab);
        foreach (var number in FrozenStory.Servers.Keys) await lab.ApplyAsync(PausedHost(number));
        File.Copy(Path.Combine(s_journals, journal), Path.Combine(Directory.CreateDirectory(lab.DataDirectory).FullName, "journal.db"));
        lab.StartController("--health-port", probe.Port);
        await lab.EventuallyAsync("it is ready", probe.IsReadyAsync);

        var kept = await File.ReadAllTextAsync(Path.Combine(s_journals, journal), System.Text.Encoding.Latin1);
        foreach (var (number, told) in FrozenStory.Servers)
        {
            // The older a journal, the fewer servers it has.
            if (!kept.Contains($"server-{number.Value}", StringComparison.Ordinal)) continue;
            var phase = told.Aggregate(ServerLifecycle.Start(number), ServerEvolution.Evolve).Phase.ToString();
            await lab.EventuallyAsync($"server {number.Value} is {phase}", async () => (await lab.GetAsync<HetznerRobotHost>($"node{number.Value}"))?.Status.Phase == phase);
        }

        AssertUntouched(lab);
    }

    /// <summary>Without the journal, as after a move: what the objects say is all there is.</summary>
    [Theory]
    [MemberData(nameof(Releases))]
    public async Task On_the_objects_of_an_older_release_it_is_ready_and_nothing_is_done_to_a_server(string release)
    {
        await using var lab = await TestLab.StartAsync(network: 237, servers: 6);
        using var probe = new Probe();
        await ApplyRobotAsync(lab);
        foreach (var file in Directory.GetFiles(Path.Combine(FrozenObjectsTests.Folder, release)).Order(StringComparer.Ordinal))
        {
            await lab.KubectlAsync("apply", "--server-side", "--force-conflicts", "--field-manager=frozen", "-f", file);
            await lab.KubectlAsync("apply", "--server-side", "--force-conflicts", "--field-manager=frozen", "--subresource=status", "-f", file);
        }

        lab.StartController("--health-port", probe.Port);
        await lab.EventuallyAsync("it is ready", probe.IsReadyAsync);
        await lab.EventuallyAsync("every host has been looked at", async () =>
            (await lab.KubectlAsync("get", "hrh", "-n", "demo", "-o", "jsonpath={.items[?(@.status.observedGeneration)].metadata.name}")).Length > 0
            && lab.Datacenter.Robot.Requests.Count > 0);

        AssertUntouched(lab);
    }

    /// <summary>Printed, and not held to a limit: what else runs on the machine is nobody's to know.</summary>
    [Fact]
    public async Task With_a_thousand_servers_it_is_ready_in()
    {
        await using var lab = await TestLab.StartAsync(network: 238, servers: 1);
        using var probe = new Probe();
        await lab.KubectlAsync("create", "namespace", "demo");
        var empty = await MeasureAsync(lab, probe);
        Assert.Equal(0, await lab.StopControllerAsync());
        lab.ForgetJournal();
        await FillAsync(lab.DataDirectory);
        for (var number = 1; number <= Many; number++)
        {
            var host = new HetznerRobotHost { Metadata = new ObjectMeta { Name = $"node{number}", Namespace = "demo" }, Spec = new HetznerRobotHostSpec { ServerID = number } };
            Assert.True((await lab.Kubernetes.CreateAsync(host, CancellationToken.None)).Succeeded);
        }

        var full = await MeasureAsync(lab, probe);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ready {full.TotalSeconds:0.00} s after the process was started with {Many} servers in its journal, {empty.TotalSeconds:0.00} s with none"));
        await lab.EventuallyAsync("every server has reported", async () =>
            (await lab.KubectlAsync("get", "hrh", "-n", "demo", "-o", "jsonpath={.items[*].status.phase}")).Split(' ').Count(phase => phase == "Available") == Many);
    }

    private static async Task<TimeSpan> MeasureAsync(TestLab lab, Probe probe)
    {
        var since = TestLab.Clock.GetTimestamp();
        lab.StartController("--health-port", probe.Port);
        await lab.EventuallyAsync("it is ready", probe.IsReadyAsync);
        return TestLab.Clock.GetElapsedTime(since);
    }

    private static async Task FillAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var opened = await JournalStore.OpenAsync(new HostOptions { DataDirectory = folder, ReplicaName = "test" }, CancellationToken.None);
        Assert.True(opened.Succeeded, opened.Failure?.Message);
        await using var store = opened.Value;
        var life = FrozenStory.Servers[new ServerNumber(1001)].Where(one => one is ServerEvent.Identified or ServerEvent.AccessGiven).ToList();
        for (var number = 1; number <= Many; number++)
        {
            var appended = await store.Events.AppendAsync(
                new JournalAppend(ServerActor.IdOf(new ServerNumber(number)), 0, Epoch: 0, new Guid(number, 0, 0, new byte[8]), [.. life.Select(one => ServerEvents.Codec.Encode(one, one.At))]), CancellationToken.None);
            Assert.Equal(AppendResult.Appended, appended.Result);
        }
    }

    private static void AssertUntouched(TestLab lab)
    {
        Assert.Empty(lab.Datacenter.World.Ledger.All());
        Assert.All(lab.Datacenter.Robot.Requests, request => Assert.Equal(HttpMethod.Get, request.Method));
        Assert.DoesNotContain(lab.Log, line => line.Contains(" error ", StringComparison.Ordinal) || line.Contains(" fatal ", StringComparison.Ordinal));
    }

    private static Task ApplyRobotAsync(TestLab lab) => lab.ApplyDemoAsync(document =>
        document.Contains("kind: Namespace", StringComparison.Ordinal) || document.Contains("kind: Secret", StringComparison.Ordinal) || document.Contains("kind: HetznerRobotCluster\n", StringComparison.Ordinal) || document.Contains("kind: Cluster\n", StringComparison.Ordinal));

    private static string PausedHost(ServerNumber number) => $$"""
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotHost
        metadata:
          name: node{{number.Value}}
          namespace: demo
          annotations: { cluster.x-k8s.io/paused: "" }
        spec: { serverID: {{number.Value}} }
        """;
}
