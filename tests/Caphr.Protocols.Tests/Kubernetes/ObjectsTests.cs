using System.Text.Json;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Tests.Kubernetes;

public sealed class ObjectsTests
{
    [Fact]
    public void A_machine_is_read_in_the_shapes_of_both_contracts()
    {
        var newer = Read<Machine>("""{"spec":{"clusterName":"c","bootstrap":{"dataSecretName":"s"},"infrastructureRef":{"apiGroup":"infrastructure.cluster.x-k8s.io","kind":"HetznerRobotMachine","name":"m"}}}""");
        var older = Read<Machine>("""{"spec":{"clusterName":"c","bootstrap":{"dataSecretName":"s"},"infrastructureRef":{"apiVersion":"infrastructure.cluster.x-k8s.io/v1alpha1","kind":"HetznerRobotMachine","name":"m","namespace":"n"}}}""");

        Assert.Equal("infrastructure.cluster.x-k8s.io", newer.Spec.InfrastructureRef!.Group);
        Assert.Equal("infrastructure.cluster.x-k8s.io", older.Spec.InfrastructureRef!.Group);
        Assert.Equal("s", older.Spec.Bootstrap.DataSecretName);
    }

    [Theory]
    [InlineData("""{"status":{"initialization":{"infrastructureProvisioned":true,"controlPlaneInitialized":true}}}""", true, true)]
    [InlineData("""{"status":{"infrastructureReady":true,"conditions":[{"type":"ControlPlaneInitialized","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""", true, true)]
    [InlineData("""{"status":{"initialization":{"infrastructureProvisioned":true}}}""", true, false)]
    [InlineData("""{}""", false, false)]
    public void A_cluster_says_how_far_it_is_in_either_contract(string json, bool infrastructure, bool controlPlane)
    {
        var cluster = Read<Cluster>(json);
        Assert.Equal((infrastructure, controlPlane), (cluster.InfrastructureProvisioned, cluster.ControlPlaneInitialized));
    }

    [Theory]
    [InlineData("""{"spec":{"paused":true}}""", true)]
    [InlineData("""{"metadata":{"annotations":{"cluster.x-k8s.io/paused":"false"}}}""", true)]
    [InlineData("""{"spec":{"paused":false}}""", false)]
    public void A_cluster_is_paused_by_its_spec_or_by_an_annotation_of_any_value(string json, bool paused) =>
        Assert.Equal(paused, Read<Cluster>(json).Paused);

    [Fact]
    public void An_owner_is_found_in_whatever_version_it_is_written()
    {
        var metadata = new ObjectMeta { OwnerReferences = [new OwnerReference { ApiVersion = "cluster.x-k8s.io/v1beta1", Kind = "Machine", Name = "m" }] };
        Assert.Equal("m", metadata.OwnerOf(Machine.Resource)?.Name);
        Assert.Null(metadata.OwnerOf(Cluster.Resource));
    }

    [Fact]
    public void Times_are_written_in_whole_seconds_and_those_of_leases_in_six_digits()
    {
        var time = new DateTimeOffset(2026, 3, 1, 13, 0, 0, 123, TimeSpan.FromHours(1));
        var condition = JsonSerializer.SerializeToNode(new Condition { LastTransitionTime = time, ObservedGeneration = 3 }, KubernetesJson.Options)!;

        Assert.Equal("2026-03-01T12:00:00Z", (string?)condition["lastTransitionTime"]);
        Assert.Equal("3", condition["observedGeneration"]!.ToJsonString());
        var lease = KubernetesJson.ToNode(new Lease { Spec = new LeaseSpec { RenewTime = time } });
        Assert.Equal("2026-03-01T12:00:00.123000Z", (string?)lease["spec"]!["renewTime"]);
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, KubernetesJson.Options)!;
}
