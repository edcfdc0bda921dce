using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests.StandIns;

public sealed class SettledTests
{
    [Fact]
    public async Task When_all_is_as_it_should_be_nobody_writes()
    {
        await using var lab = await StandInLab.StartAsync(servers: 4, withControlPlane: true);
        await lab.CreateAsync(Fleet.ControlPlane(replicas: 1));
        await lab.CreateAsync(Fleet.Deployment(replicas: 2));
        await lab.CreateAsync(Fleet.HealthCheck());
        await lab.SayInfrastructureIsReadyAsync();
        await lab.UntilRunningAsync(3);
        await lab.UntilAsync<TalosControlPlane>(found => found.Single().Status is { Initialized: true, ReadyReplicas: 1 });
        await lab.UntilAsync<MachineDeployment>(found => found.Single().Status is { ReadyReplicas: 2, UpToDateReplicas: 2 });
        await lab.UntilAsync<MachineHealthCheck>(found => found.Single().Status is { CurrentHealthy: 2 });
        await lab.UntilAsync<CoreMachine>(found => found.Count(machine => machine.Is("HealthCheckSucceeded", "True")) == 2);
        await LookedAgainAsync(lab, "blue");
        var before = await VersionsAsync(lab);

        // Each of them makes every stand-in look at everything once more.
        await LookedAgainAsync(lab, "green");
        await LookedAgainAsync(lab, "white");

        Assert.Equal(before, await VersionsAsync(lab));
    }

    private static async Task LookedAgainAsync(StandInLab lab, string cluster)
    {
        await lab.CreateAsync(Fleet.Cluster with { Metadata = Fleet.Meta(cluster), Spec = new ClusterSpec() });
        await lab.UntilAsync<CoreCluster>(found => found.Any(one => one.Metadata.Name == cluster && one.Status.Phase is not null));
    }

    private static async Task<List<string>> VersionsAsync(StandInLab lab)
    {
        return
        [
            .. await Of<CoreMachine>(), .. await Of<MachineSet>(), .. await Of<MachineDeployment>(), .. await Of<MachineHealthCheck>(), .. await Of<TalosControlPlane>(),
            .. await Of<HetznerRobotMachine>(), .. await Of<HetznerRobotMachineTemplate>(), .. await Of<TalosConfig>(), .. await Of<Secret>(), .. await Of<Node>(),
            .. (await lab.ListAsync<CoreCluster>()).Where(cluster => cluster.Metadata.Name == "red").Select(Text),
        ];

        async Task<IEnumerable<string>> Of<T>()
            where T : KubernetesObject, IKubernetesResource => (await lab.ListAsync<T>()).OrderBy(found => found.Metadata.Name, StringComparer.Ordinal).Select(Text);
    }

    private static string Text<T>(T found)
        where T : KubernetesObject => $"{typeof(T).Name} {found.Metadata.Name} {found.Metadata.ResourceVersion}";
}
