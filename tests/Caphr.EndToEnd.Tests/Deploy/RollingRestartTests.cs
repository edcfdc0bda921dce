using System.Globalization;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Host.Tests.Journals;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Resources;
using Xunit.Abstractions;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>The StatefulSet with PostgreSQL as it is shipped, as three processes beside the Lab.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private static readonly string[] s_machines = ["control-plane-1", "control-plane-2", "control-plane-3", "worker-1", "worker-2", "worker-3"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Pods_that_are_restarted_one_by_one_while_servers_are_provisioned_fail_none_and_repeat_nothing()
    {
        var set = await Rendered.SetOfAsync("deploy/overlays/postgres");
        await using var postgres = await PostgresServer.StartAsync();
        var database = (await postgres.CreateDatabaseAsync()).Replace("Pooling=false", "Pooling=true", StringComparison.Ordinal);
        await using var lab = await TestLab.StartAsync(network: 215, servers: 6, speed: 8);
        var folder = Directory.CreateTempSubdirectory("caphr-pods-");
        var addresses = new Dictionary<string, string>
        {
            ["CAPHR_KUBECONFIG"] = lab.ControllerKubeconfig,
            ["CAPHR_ROBOT_URL"] = lab.Datacenter.Robot.BaseAddress.AbsoluteUri,
            ["CAPHR_RESCUE_PORT"] = lab.Datacenter.Options.Ports.Rescue.ToString(CultureInfo.InvariantCulture),
            ["CAPHR_TALOS_PORT"] = lab.Datacenter.Options.Ports.Talos.ToString(CultureInfo.InvariantCulture),
        };
        var pods = Enumerable.Range(0, (int)set["replicas"]!)
            .Select(ordinal => new PodUnderTest(set["template"]!["spec"]!["containers"]![0]!, string.Create(CultureInfo.InvariantCulture, $"caphr-{ordinal}"), folder.FullName, addresses))
            .ToList();
        lab.Story = () => Task.FromResult(string.Join('\n', pods.Select(pod => $"--- {pod.Name}\n{string.Join('\n', pod.Log.TakeLast(40))}")));
        try
        {
            foreach (var pod in pods)
            {
                await File.WriteAllTextAsync(pod.Local("/etc/caphr/postgres/connection"), database);
                pod.Start();
            }

            foreach (var pod in pods) await lab.EventuallyAsync($"{pod.Name} is ready", pod.IsReadyAsync);
            await lab.ApplyDemoAsync();
            var ledger = lab.Datacenter.World.Ledger;
            await lab.EventuallyAsync("the first reset", () => ledger.All().Any(entry => entry.Fact == Fact.ResetPressed));

            // The last ordinal first, as a StatefulSet does it, and again for as long as there is work.
            var restarts = 0;
            var since = TestLab.Clock.GetTimestamp();
            do
            {
                Assert.True(TestLab.Clock.GetElapsedTime(since) < s_patience, $"Not provisioned while {restarts} pods were restarted:\n{await lab.Story()}");
                foreach (var pod in Enumerable.Reverse(pods))
                {
                    Assert.Equal(0, await pod.StopAsync());
                    pod.Start();
                    await lab.EventuallyAsync($"{pod.Name} is ready again", pod.IsReadyAsync);
                    restarts++;
                }
            }
            while (!await AllAreThereAsync());

            output.WriteLine($"{restarts} restarts");
            foreach (var machine in s_machines) await lab.EventuallyAsync($"{machine} is provisioned", async () => await lab.PhaseOfAsync(machine) == "Provisioned");
            lab.AssertEachServerWasInstalledOnce();
            Assert.Equal(s_machines.Length, ledger.All().Select(entry => entry.Server).Distinct().Count());
            Assert.DoesNotContain(pods.SelectMany(pod => pod.Log), line => line.Contains(" error ", StringComparison.Ordinal) || line.Contains(" fatal ", StringComparison.Ordinal) || line.Contains(database, StringComparison.Ordinal));
        }
        finally
        {
            foreach (var pod in pods) pod.Dispose();
            folder.Delete(recursive: true);
        }

        async Task<bool> AllAreThereAsync() => (await lab.ListAsync<HetznerRobotMachine>()).All(machine => machine.Status.Phase is "Provisioned" or "Failed");
    }
}
