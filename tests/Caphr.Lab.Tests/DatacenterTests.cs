using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Tests;

public sealed class DatacenterTests
{
    [Fact]
    public async Task A_taken_port_is_named_with_the_part_that_wanted_it_and_nothing_is_left_open()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var started = await Datacenter.StartAsync(Options(network: 90) with { Ports = DatacenterPorts.AnyFree with { Robot = port } }, new WallClock(), default);

        Assert.StartsWith($"Port {port} for the Robot API is taken", started.Failure?.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_installation_refuses_ends_the_start()
    {
        var options = Options(network: 93) with { Install = (_, _) => Task.FromResult<LabFailure?>(new LabFailure("No.")) };

        Assert.Equal("No.", (await Datacenter.StartAsync(options, new WallClock(), default)).Failure?.Sentence);
    }

    [Fact]
    public async Task The_stand_ins_carry_a_machine_from_its_manifest_to_its_bootstrap_secret()
    {
        await using var lab = (await Datacenter.StartAsync(Options(network: 92), new WallClock(), default)).Value;
        using var connection = new KubernetesConnection { Server = lab.Kubernetes.BaseAddress };
        using var client = new KubernetesClient(connection, new WallClock());
        await CreateAsync(lab.Kubernetes.BaseAddress);

        // The controller's part, played by hand.
        var infra = await EventuallyAsync<HetznerRobotCluster>(client, "demo", cluster => cluster.Metadata.OwnerOf(Cluster.Resource) is not null);
        var provisioned = new JsonObject { ["status"] = new JsonObject { ["initialization"] = new JsonObject { ["provisioned"] = true } } };
        Assert.True((await client.PatchAsync<HetznerRobotCluster>(infra.Key, Patch.Merge(provisioned).ToStatus(), default)).Succeeded);

        var machine = await EventuallyAsync<CoreMachine>(client, "worker-1", found => found.Status.Phase == "Provisioning");
        Assert.Equal("worker-1-bootstrap-data", machine.Spec.Bootstrap.DataSecretName);
        Assert.Contains("type: worker", (await EventuallyAsync<Secret>(client, "worker-1-bootstrap-data", _ => true)).Text("value"), StringComparison.Ordinal);
        Assert.NotNull((await EventuallyAsync<Secret>(client, "demo-talos", _ => true)).Text("bundle"));
        Assert.NotNull((await EventuallyAsync<Secret>(client, "rescue-ssh", _ => true)).Text("ssh-privatekey"));
        Assert.True((await EventuallyAsync<HetznerRobotMachine>(client, "worker-1", _ => true)).Metadata.OwnerOf(Machine.Resource)?.Controller);
        Assert.True((await EventuallyAsync<CoreCluster>(client, "demo", _ => true)).Status.Initialization.InfrastructureProvisioned);
    }

    private static DatacenterOptions Options(byte network) => new() { World = new WorldOptions { Servers = 1, Network = network } };

    private static async Task CreateAsync(Uri kubernetes)
    {
        using var http = new HttpClient { BaseAddress = kubernetes };
        await Post("apis/cluster.x-k8s.io/v1beta2/namespaces/default/clusters", """
            {"apiVersion":"cluster.x-k8s.io/v1beta2","kind":"Cluster","metadata":{"name":"demo"},
             "spec":{"infrastructureRef":{"apiGroup":"infrastructure.cluster.x-k8s.io","kind":"HetznerRobotCluster","name":"demo"}}}
            """);
        await Post("apis/infrastructure.cluster.x-k8s.io/v1alpha1/namespaces/default/hetznerrobotclusters", """
            {"apiVersion":"infrastructure.cluster.x-k8s.io/v1alpha1","kind":"HetznerRobotCluster","metadata":{"name":"demo"},
             "spec":{"controlPlaneEndpoint":{"host":"127.92.0.2","port":6443},"robotSecretRef":{"name":"robot"},"sshSecretRef":{"name":"rescue-ssh"}}}
            """);
        await Post("apis/cluster.x-k8s.io/v1beta2/namespaces/default/machines", """
            {"apiVersion":"cluster.x-k8s.io/v1beta2","kind":"Machine","metadata":{"name":"worker-1"},
             "spec":{"clusterName":"demo",
              "bootstrap":{"configRef":{"apiGroup":"bootstrap.cluster.x-k8s.io","kind":"TalosConfig","name":"worker-1"}},
              "infrastructureRef":{"apiGroup":"infrastructure.cluster.x-k8s.io","kind":"HetznerRobotMachine","name":"worker-1"}}}
            """);
        await Post("apis/infrastructure.cluster.x-k8s.io/v1alpha1/namespaces/default/hetznerrobotmachines", """
            {"apiVersion":"infrastructure.cluster.x-k8s.io/v1alpha1","kind":"HetznerRobotMachine","metadata":{"name":"worker-1"},"spec":{"talosVersion":"v1.12.4"}}
            """);
        await Post("apis/bootstrap.cluster.x-k8s.io/v1alpha3/namespaces/default/talosconfigs", """
            {"apiVersion":"bootstrap.cluster.x-k8s.io/v1alpha3","kind":"TalosConfig","metadata":{"name":"worker-1"},"spec":{"generateType":"worker","talosVersion":"v1.12"}}
            """);

        async Task Post(string path, string body)
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<T> EventuallyAsync<T>(KubernetesClient client, string name, Func<T, bool> isSo)
        where T : KubernetesObject, IKubernetesResource
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), new WallClock());
        while (true)
        {
            var found = await client.GetAsync<T>(new ObjectKey("default", name), patience.Token);
            if (found.Succeeded && isSo(found.Value)) return found.Value;
            await Task.Delay(TimeSpan.FromMilliseconds(20), new WallClock(), patience.Token);
        }
    }

    /// <summary>Sockets live in real time.</summary>
    private sealed class WallClock : TimeProvider;
}
