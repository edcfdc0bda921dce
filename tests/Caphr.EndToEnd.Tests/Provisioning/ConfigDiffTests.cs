using System.CommandLine;
using System.Text;
using Caphr.Host.Cli;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>What a user sees of a node's configuration, from the objects that the controller and Kubernetes hold.</summary>
public sealed class ConfigDiffTests
{
    private const string Bootstrap = "control-plane-1-bootstrap-data";

    [Fact]
    public async Task The_configuration_of_a_server_is_shown_as_it_was_given_to_Talos_and_without_secrets()
    {
        await using var lab = await TestLab.StartAsync(network: 213, servers: 1);
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);
        lab.StartController();
        await lab.EventuallyAsync("a machine configuration", async () => await lab.GetAsync<Secret>(Bootstrap) is not null);
        await SayAsync(lab, "---\napiVersion: v1alpha1\nkind: TimeSyncConfig\nntp:\n  servers: [ntp.example.org]\n");
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>("control-plane-1"))?.Status.Phase == "Provisioned");

        var (exit, shown, error) = await DiffAsync(lab, "demo/control-plane-1");

        Assert.Equal((0, ""), (exit, error));
        var hardware = (await lab.GetAsync<HetznerRobotHost>("server-1"))!.Status.Hardware!;
        foreach (var fact in new[]
        {
            "# demo/control-plane-1 on server 2938101, Talos v1.12.4", "hetzner-robot://2938101", hardware.PrimaryMAC!, hardware.InstallDisk!.Wwn ?? hardware.InstallDisk.Serial!,
            $"{hardware.Gateway}/32", "# kept   TimeSyncConfig ntp.servers = ntp.example.org",
        }) Assert.Contains(fact, shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
        Assert.Single(lab.Log, line => line.Contains("What the template itself says was left as it is: TimeSyncConfig ntp.servers.", StringComparison.Ordinal));
        Assert.Contains("left as it is: TimeSyncConfig ntp.servers.", await lab.KubectlAsync("-n", "demo", "describe", "hrm", "control-plane-1"), StringComparison.Ordinal);

        Assert.Equal("There is no HetznerRobotMachine demo/control-plane-9.", await RefusedAsync(lab, "demo/control-plane-9"));
        await lab.KubectlAsync("-n", "demo", "delete", "secret", Bootstrap);
        Assert.StartsWith($"There is no Secret demo/{Bootstrap}", await RefusedAsync(lab, "demo/control-plane-1"), StringComparison.Ordinal);
    }

    /// <summary>As a user's own patch would say it, before the server has come far enough to read it.</summary>
    private static async Task SayAsync(TestLab lab, string document)
    {
        var configuration = (await lab.GetAsync<Secret>(Bootstrap))!.Text("value")!.TrimEnd() + "\n" + document;
        await lab.KubectlAsync("-n", "demo", "patch", "secret", Bootstrap, "--type=merge", "-p", $$$"""{"data":{"value":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(configuration))}}}"}}""");
    }

    private static async Task<string> RefusedAsync(TestLab lab, string machine)
    {
        var (exit, shown, error) = await DiffAsync(lab, machine);
        Assert.Equal((1, ""), (exit, shown));
        return error.TrimEnd();
    }

    private static async Task<(int Exit, string Output, string Error)> DiffAsync(TestLab lab, string machine)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var root = new RootCommand { ServerCommand.Create(TestLab.Clock) };
        var exit = await root.Parse(["server", "config-diff", machine, "--kubeconfig", lab.Kubeconfig]).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }
}
