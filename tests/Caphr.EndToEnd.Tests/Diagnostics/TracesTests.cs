using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Host.Tests.Telemetry;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Diagnostics;

/// <summary>What the shipped controller tells a collector of a provision, and what it never tells anybody.</summary>
public sealed class TracesTests
{
    private const string Name = "control-plane-1";
    private const string Token = "Bearer open-sesame";

    private static readonly string[] s_steps = ["LookUpServer", "ArmRescue", "PressReset", "AwaitRescue", "ProveRescue", "InstallImage", "AwaitTalos", "ApplyConfiguration", "AwaitNode"];

    [Fact]
    public async Task A_provision_arrives_at_the_collector_step_by_step_and_no_secret_with_it()
    {
        await using var lab = await TestLab.StartAsync(network: 239, servers: 1);
        await using var collector = await TraceCollector.StartAsync();
        var headers = Path.Combine(Path.GetDirectoryName(lab.Kubeconfig)!, "headers");
        await File.WriteAllTextAsync(headers, $"Authorization={Token}");
        await lab.ApplyDemoAsync(CrashTests.OneControlPlane);
        lab.StartController("--otlp-endpoint", collector.Address.AbsoluteUri, "--otlp-headers-file", headers, "--replica-name", "caphr-7", "--verbose");
        await lab.EventuallyAsync("Provisioned", async () => (await lab.GetAsync<HetznerRobotMachine>(Name))?.Status.Phase == "Provisioned");
        await lab.EventuallyAsync("every step has arrived", () => s_steps.All(step => collector.Spans.Any(span => span.Name == step)));
        await lab.EventuallyAsync("what led to the installation has arrived", () =>
            collector.Spans is var arrived && WayBack(arrived, arrived.First(span => span.Name == "InstallImage")).Last().Name.StartsWith("Watch ", StringComparison.Ordinal));
        var log = lab.Log;
        Assert.Equal(0, await lab.StopControllerAsync());

        var spans = collector.Spans;
        // The last parts may have come without their whole: whoever ends waits for no collector.
        var known = spans.ToDictionary(span => span.Id);
        Assert.All(spans.Where(span => known.ContainsKey(span.Parent)), span => Assert.Equal(span.Trace, known[span.Parent].Trace));
        Assert.All(spans, span => Assert.Equal(("caphr", "caphr-7"), (span.Resource["service.name"], span.Resource["service.instance.id"])));

        var install = Assert.Single(spans, span => span.Name == "InstallImage");
        Assert.Equal(("2938101", "Installing", "ImageWritten"), (install.Tags["caphr.server"], install.Tags["caphr.phase"], install.Tags["caphr.heard"]));
        Assert.Equal(["InstallImage", "Pipe", "Continue", "Persisting", "Hear", "Pipe"], WayBack(spans, install).Take(6).Select(span => span.Name));
        Assert.Equal(s_steps, s_steps.OrderBy(step => int.Parse(spans.First(span => span.Name == step).Tags["caphr.step"], System.Globalization.CultureInfo.InvariantCulture)));

        Assert.All(collector.Calls, call => Assert.Equal(Token, call.Headers["Authorization"]));
        Assert.All(log, line => Assert.DoesNotContain("sesame", line, StringComparison.Ordinal));
        Assert.All(collector.Calls, call => Assert.DoesNotContain("sesame", call.Body, StringComparison.Ordinal));
        await DiagnosticsTests.NothingSecretIn(lab, [.. log, .. collector.Calls.Select(call => call.Body)]);
    }

    /// <summary>From part to whole, and where a trace begins on to what it is linked to.</summary>
    private static IEnumerable<SentSpan> WayBack(IReadOnlyList<SentSpan> spans, SentSpan? span)
    {
        var known = spans.ToDictionary(one => one.Id);
        for (; span is not null; span = known.GetValueOrDefault(span.Parent) ?? span.Links.Select(link => known.GetValueOrDefault(link)).FirstOrDefault(link => link is not null)) yield return span;
    }
}
