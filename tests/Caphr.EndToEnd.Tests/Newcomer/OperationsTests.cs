using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Newcomer;

/// <summary>Somebody who runs CAPHR by docs/operations.md: each command is typed beside a cluster that runs, and prints what the page shows.</summary>
public sealed partial class OperationsTests
{
    private const string Page = "docs/operations.md";

    [Fact]
    public async Task Every_command_of_the_page_of_operations_does_what_the_page_shows()
    {
        await using var lab = await TestLab.StartAsync(network: 235, servers: 6);
        var folder = Directory.CreateTempSubdirectory("caphr-operations-");
        var socket = Path.Combine(folder.FullName, "caphr.sock");
        lab.StartController("--socket", socket);
        await lab.ApplyDemoAsync();
        foreach (var machine in new[] { "control-plane-1", "control-plane-2", "control-plane-3", "worker-1", "worker-2", "worker-3" })
            await lab.EventuallyAsync($"{machine} is provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>(machine))?.Status.Phase == "Provisioned");
        try
        {
            var surroundings = new Dictionary<string, string> { ["KUBECONFIG"] = lab.Kubeconfig, ["CAPHR_SOCKET"] = socket };
            foreach (var shown in ReadmeScript.Terminals(Checkout.Read(Page)).SelectMany(terminal => terminal))
            {
                using var terminal = Terminal.Open($"caphr() {{ dotnet {ControllerUnderTest.Executable} \"$@\"; }}; cd {folder.FullName}; {shown.Command}", surroundings);
                var exit = await terminal.EndAsync();
                Assert.True(exit == 0, $"{Page}:{shown.Line}: {shown.Command} ended with {exit}:\n{terminal.Text}");
                terminal.AssertPrinted(shown, Page);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Pages are copied from. What they say to type is at least what <c>caphr</c> understands.</summary>
    [Fact]
    public void Every_command_of_caphr_in_a_page_is_one_that_caphr_has()
    {
        var caphr = Host.Cli.CaphrCommand.Create(TestLab.Clock, new Random(1));
        var wrong = from file in Checkout.Files
                    where file.EndsWith(".md", StringComparison.Ordinal)
                    from line in Checkout.Read(file).Split('\n').Index()
                    let typed = Typed().Match(line.Item)
                    where typed.Success && caphr.Parse(typed.Groups[1].Value).Errors.Count > 0
                    select $"{file}:{line.Index + 1}: {typed.Value}";
        Assert.Empty(wrong);
    }

    /// <summary>At the beginning of a line, or behind kubectl exec; not within a sentence.</summary>
    [GeneratedRegex(@"^(?:\$ |[^`]* -- )?caphr ([^`#]+?)\s*(?:#.*)?$")]
    private static partial Regex Typed();
}
