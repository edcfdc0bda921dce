using Caphr.Host.Tests.Journals;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Objects;
using Xunit.Abstractions;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>Three real processes, a real PostgreSQL, and the Lab's servers, Leases and ledger.</summary>
public sealed class ReplicaTests(ITestOutputHelper output)
{
    private const int LeaseSeconds = 5;

    private static readonly string[] s_machines = ["control-plane-1", "control-plane-2", "control-plane-3", "worker-1", "worker-2", "worker-3"];

    private static bool IsAboutStanding(string line) =>
        line.Contains("This replica takes its share", StringComparison.Ordinal) || line.Contains("This replica stands by", StringComparison.Ordinal);

    [Fact]
    public async Task Replicas_that_are_killed_frozen_and_cut_from_their_database_do_everything_and_nothing_twice()
    {
        await using var postgres = await PostgresServer.StartAsync();
        // As users would have it: the test server's own default is to open a connection for each statement.
        var database = (await postgres.CreateDatabaseAsync()).Replace("Pooling=false", "Pooling=true", StringComparison.Ordinal);
        await using var lab = await TestLab.StartAsync(network: 211, servers: 6, speed: 8);
        var ledger = lab.Datacenter.World.Ledger;
        using var probe = new Probe();
        using var first = lab.StartReplica("caphr-0", database, LeaseSeconds, "--health-port", probe.Port);
        using var second = lab.StartReplica("caphr-1", database, LeaseSeconds);
        var third = lab.StartReplica("caphr-2", database, LeaseSeconds);
        await using var claims = new ClaimWatch(database);
        Func<ControllerUnderTest>[] replicas = [() => first, () => second, () => third];
        lab.Story = async () => $"{string.Join("\n---\n", replicas.Select(replica => string.Join('\n', replica().Log.TakeLast(40))))}\n{await lab.KubectlAsync("get", "hrm,hrh", "-n", "demo", "-o", "wide")}";
        try
        {
            await lab.EventuallyAsync("three replicas share the shards", () => claims.AllWorkedBy("caphr-0", "caphr-1", "caphr-2"));
            await lab.ApplyDemoAsync();

            // Later than the last of them: a process killed right before a reset leaves it unknown, and the server is then observed for minutes.
            await lab.EventuallyAsync("all resets", () => ledger.All().Count(entry => entry.Fact == Fact.ResetPressed) == s_machines.Length);
            third.Dispose();
            await MeasureAsync("killed: all shards worked again", () => claims.AllWorkedBy("caphr-0", "caphr-1"));
            third = lab.StartReplica("caphr-2", database, LeaseSeconds);
            await MeasureAsync("started again: it has its share", () => claims.AllWorkedBy("caphr-0", "caphr-1", "caphr-2"));

            second.Freeze();
            await MeasureAsync("frozen: all shards worked by the others", () => claims.AllWorkedBy("caphr-0", "caphr-2"));
            second.Thaw();
            await MeasureAsync("thawed: it has its share", () => claims.AllWorkedBy("caphr-0", "caphr-1", "caphr-2"));
            await lab.EventuallyAsync("it noticed", () => second.Log.Any(line => line.Contains("stands by", StringComparison.Ordinal)));

            await lab.EventuallyAsync("ready", async () => await probe.AskAsync("readyz") == (200, "ok\n"));
            await postgres.StopAsync();
            await lab.EventuallyAsync("the database is missed", () => first.Log.Any(line => line.Contains("cannot be read", StringComparison.Ordinal)));
            await lab.EventuallyAsync("health says so", async () => await probe.AskAsync("readyz") is (503, var why) && why.Contains("replica: The claims cannot be read: PostgreSQL at", StringComparison.Ordinal));
            // Starting the process anew would not bring the database back.
            Assert.Equal((200, "ok\n"), await probe.AskAsync("livez"));
            await postgres.StartAgainAsync();
            await MeasureAsync("database back: all replicas work", () => replicas.All(replica => replica().Log.Last(IsAboutStanding).Contains("takes its share", StringComparison.Ordinal)));

            foreach (var machine in s_machines) await lab.EventuallyAsync($"{machine} is provisioned", async () => await lab.PhaseOfAsync(machine) == "Provisioned");

            Assert.Equal(0, await first.StopAsync());
            await MeasureAsync("told to stop: all shards worked by the others", () => claims.AllWorkedBy("caphr-1", "caphr-2"));
            Assert.DoesNotContain(first.Log.SkipWhile(line => !line.EndsWith(" Stopping", StringComparison.Ordinal)), line => line.Contains(" error ", StringComparison.Ordinal));
            var leases = await lab.Kubernetes.ListAsync<Lease>(Protocols.Kubernetes.Selection.In(Deploy.ShippedRoles.Namespace), CancellationToken.None);
            Assert.DoesNotContain(leases.Value.Items, lease => lease.Metadata.Name.StartsWith("caphr-0", StringComparison.Ordinal));

            Assert.Empty(claims.Wrongs);
            Assert.Equal(0L, await PostgresServer.ExecuteAsync(database, "SELECT count(*) FROM (SELECT epoch - lag(epoch) OVER (PARTITION BY persistence_id ORDER BY sequence) AS step FROM caphr.events) AS steps WHERE step < 0"));
            lab.AssertEachServerWasInstalledOnce();
        }
        finally
        {
            third.Dispose();
        }

        // For information: these machines are anybody's, so no time is asserted.
        async Task MeasureAsync(string what, Func<bool> isSo)
        {
            var since = TestLab.Clock.GetTimestamp();
            await lab.EventuallyAsync(what, isSo);
            output.WriteLine($"{what}: {TestLab.Clock.GetElapsedTime(since).TotalSeconds:0.0} s (lease {LeaseSeconds} s)");
        }
    }
}
