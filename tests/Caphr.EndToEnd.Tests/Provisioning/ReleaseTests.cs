using System.Globalization;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>A storage server from the first wish to the last wipe: what happened to it is asked of the world, not of the controller.</summary>
public sealed class ReleaseTests
{
    private const int Server = 2938101;
    private const string Name = "control-plane-1";

    [Fact]
    public async Task A_storage_server_is_installed_and_wiped_only_under_releases_for_its_Machine()
    {
        await using var lab = await TestLab.StartAsync(network: 223, servers: 1);
        var ledger = lab.Datacenter.World.Ledger;
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane, Guarded);
        lab.StartController();

        await lab.EventuallyAsync("the machine says what it needs", async () => (await lab.GetAsync<HetznerRobotMachine>(Name))?.Status.Message?.Contains("without a valid HetznerRobotHostRelease", StringComparison.Ordinal) == true);
        var uid = (await lab.GetAsync<Machine>(Name))!.Metadata.Uid!;
        await ReleaseAsync(lab, "for-another", "00000000-0000-0000-0000-000000000000");
        await lab.EventuallyAsync("the other release is explained", async () => await IsAsync(lab, "for-another", "Valid", "OtherMachine"));
        Assert.Empty(ledger.All());

        await ReleaseAsync(lab, "install", uid);
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>(Name))?.Status.Phase == "Provisioned");
        await lab.EventuallyAsync("the release says by whom it was used", async () => await IsAsync(lab, "install", "Used", "Used"));
        Assert.Equal($"demo/{Name}", (await lab.GetAsync<HetznerRobotHostRelease>("install"))!.Status.UsedBy);

        // Withdrawn: the node may not be wiped any more, so it is left running when its Machine goes.
        await lab.KubectlAsync("delete", "hrhr", "install", "-n", "demo");
        await lab.KubectlAsync("delete", "machine", Name, "-n", "demo", "--wait=false");
        await lab.EventuallyAsync("the machine waits for a release", async () =>
            (await lab.GetAsync<HetznerRobotMachine>(Name))?.Status.Conditions.Any(condition => condition.Type == "Ready" && condition.Message.Contains("create one that names its host", StringComparison.Ordinal)) == true);
        Assert.Equal((1, 0), (ledger.Count(Server, Fact.ResetPressed), ledger.Count(Server, Fact.DiskWiped)));

        await ReleaseAsync(lab, "wipe", uid);
        await lab.EventuallyAsync("wiped and free", () => ledger.Count(Server, Fact.DiskWiped) == 1);
        await lab.EventuallyAsync("the machine is gone", async () => await lab.GetAsync<HetznerRobotMachine>(Name) is null);
    }

    private static string Guarded(string document) => document.Contains("kind: HetznerRobotHost\n", StringComparison.Ordinal)
        ? $"{document.TrimEnd()}\n  lifecycleClass: storage\n  destructiveProvisioningPolicy: RequiresExternalRelease\n"
        : document;

    private static async Task ReleaseAsync(TestLab lab, string name, string uid)
    {
        var path = Path.GetTempFileName();
        try
        {
            var expires = TestLab.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(path, $$"""
                apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
                kind: HetznerRobotHostRelease
                metadata: { name: {{name}}, namespace: demo }
                spec:
                  hostRef: { name: {{(await lab.KubectlAsync("get", "hrh", "-n", "demo", "-o", "jsonpath={.items[0].metadata.name}")).Trim()}} }
                  machineRef: { name: {{Name}}, namespace: demo, uid: {{uid}} }
                  approvedAction: WipeAndReinstall
                  expiresAt: {{expires}}
                """);
            await lab.KubectlAsync("apply", "-f", path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<bool> IsAsync(TestLab lab, string release, string condition, string reason) =>
        (await lab.GetAsync<HetznerRobotHostRelease>(release))?.Status.Conditions.Any(one => one.Type == condition && one.Reason == reason) == true;
}
