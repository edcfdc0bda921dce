using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Crds;

/// <summary>Manifests written for the provider's earlier implementation, field by field, keep being accepted, without a warning.</summary>
public sealed class OlderManifestTests(CrdLab crds) : IClassFixture<CrdLab>
{
    [Theory]
    [InlineData("HetznerRobotCluster", """
        { "controlPlaneEndpoint": { "host": "10.10.0.240", "port": 6443 }, "robotSecretRef": { "name": "hetzner-robot-credentials" }, "sshSecretRef": { "name": "hetzner-ssh-key" },
          "dc": "fsn1", "vlanConfig": { "id": 4000, "interface": "enp193s0f0np0", "prefixLength": 24 }, "talosSecretRef": { "name": "talos-secrets" },
          "talosFactoryBaseURL": "https://factory.talos.dev" }
        """)]
    [InlineData("HetznerRobotCluster", """
        { "robotSecretRef": { "name": "robot", "namespace": "caphr-system" }, "sshSecretRef": { "name": "ssh", "namespace": "caphr-system" }, "vlanConfig": { "id": 4000 } }
        """)]
    [InlineData("HetznerRobotHost", """{ "serverID": 2938104, "serverIP": "", "serverIPv6Net": "", "internalIP": "10.10.0.6" }""")]
    [InlineData("HetznerRobotHost", """
        { "serverID": 2938104, "serverIP": "203.0.113.7", "serverIPv6Net": "2a01:4f8:271:3b49::/64", "installDisk": "/dev/nvme0n1", "lifecycleClass": "compute", "maintenanceMode": true,
          "destructiveProvisioningPolicy": "AlwaysCleanSlate" }
        """)]
    [InlineData("HetznerRobotHost", """{ "serverID": 2938105, "lifecycleClass": "storage", "destructiveProvisioningPolicy": "RequiresExternalRelease" }""")]
    [InlineData("HetznerRobotHost", """{ "serverID": 2938106, "lifecycleClass": "control-plane", "destructiveProvisioningPolicy": "NeverDestructiveByDefault" }""")]
    [InlineData("HetznerRobotMachine", """
        { "hostRef": { "name": "node6" }, "talosSchematic": "3da7f4400000000000000000000000000000000000000000000000000000abcd", "talosVersion": "v1.12.4", "installDisk": "/dev/nvme0n1",
          "ephemeralSize": "100GiB" }
        """)]
    [InlineData("HetznerRobotMachine", """
        { "hostSelector": { "matchLabels": { "role": "compute" } }, "osType": "talos", "talosSchematic": "3da7f440", "talosVersion": "v1.12.4", "providerID": "hetzner-robot://2938104",
          "customImageURL": "https://images.example.org/talos.raw.xz" }
        """)]
    [InlineData("HetznerRobotMachineTemplate", """
        { "template": { "metadata": { "labels": { "role": "compute" } }, "spec": { "hostSelector": { "matchLabels": { "role": "compute" } }, "talosSchematic": "3da7f440",
          "talosVersion": "v1.12.4", "installDisk": "/dev/nvme0n1" } } }
        """)]
    [InlineData("HetznerRobotHostRelease", """
        { "hostRef": { "name": "node6" }, "machineRef": { "name": "storage-1", "namespace": "default", "uid": "0b1ff1a4-2cf7-4f2d-a9bb-4c1b2a4a7f10" }, "approvedAction": "WipeAndReinstall",
          "expiresAt": "2026-03-01T18:00:00Z", "reason": "replaced disks" }
        """)]
    [InlineData("HetznerRobotRemediation", """{ "strategy": { "type": "Reboot", "retryLimit": 3, "timeout": "300s" } }""")]
    [InlineData("HetznerRobotRemediation", """{ "strategy": {} }""")]
    [InlineData("HetznerRobotRemediationTemplate", """{ "template": { "spec": { "strategy": { "type": "Reboot", "retryLimit": 1, "timeout": "5m" } } } }""")]
    public async Task A_manifest_of_the_earlier_implementation_is_accepted_without_a_warning(string kind, string spec)
    {
        var name = crds.NextName();
        var manifest = $$"""{ "apiVersion": "infrastructure.cluster.x-k8s.io/v1alpha1", "kind": "{{kind}}", "metadata": { "name": "{{name}}" }, "spec": {{spec}} }""";

        var created = (await crds.Lab.PostAsync(Kinds.PathOf(kind) + "?fieldValidation=Strict", manifest)).Expect(201);

        Assert.Empty(created.Warnings);
        AssertHolds(JsonNode.Parse(spec)!, created.Json["spec"]!);
    }

    /// <summary>Whatever was written is kept; defaults may stand beside it.</summary>
    private static void AssertHolds(JsonNode written, JsonNode kept)
    {
        if (written is not JsonObject members)
        {
            Assert.True(JsonNode.DeepEquals(written, kept), $"{written.ToJsonString()} became {kept.ToJsonString()}");
            return;
        }

        foreach (var (name, value) in members) AssertHolds(value!, kept[name]!);
    }
}
