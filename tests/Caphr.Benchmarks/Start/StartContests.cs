using System.Diagnostics;
using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Host.Journals;
using Caphr.Lab;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Benchmarks.Start;

/// <summary>
/// From the start of the shipped controller's process until it says that it is ready, with so many servers in its journal and their objects in a Lab, beside a process
/// that does nothing but answer. In turns, because what else the machine does meanwhile costs both.
/// </summary>
internal static class StartContests
{
    private const int Many = 1_000;
    private const int Rounds = 7;
    private const byte Network = 241;
    private const string Name = "start with 1,000 servers until ready";

    private static readonly TimeProvider s_clock = new RealTime();
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(Report report)
    {
        if (report.IsLeftOut(Name)) return;
        var folder = Directory.CreateTempSubdirectory("caphr-bench-");
        var started = await Datacenter.StartAsync(new DatacenterOptions { World = new WorldOptions { Servers = 1, Network = Network } }, s_clock, CancellationToken.None);
        await using var lab = started.TryGet(out var datacenter, out var failure) ? datacenter : throw new InvalidOperationException(failure.Sentence);
        var kubeconfig = Path.Combine(folder.FullName, "kubeconfig");
        lab.Kubernetes.WriteKubeconfig(kubeconfig);
        await MakeHostsAsync(lab);
        var full = Path.Combine(folder.FullName, "full");
        await FillAsync(full);

        var (ours, bare) = (new List<Start>(), new List<Start>());
        for (var round = 0; round < Rounds; round++)
        {
            var data = Path.Combine(folder.FullName, $"data-{round}");
            Directory.CreateDirectory(data);
            foreach (var file in Directory.GetFiles(full)) File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
            ours.Add(await OursAsync(port => ControllerUnderTest.Start(kubeconfig, data, lab.Robot.BaseAddress, lab.Options.Ports.Rescue, lab.Options.Ports.Talos, "--health-port", port)));
            bare.Add(await BareAsync());
        }

        await report.TellAsync(
            Name,
            $"""
            seconds: {Spread(ours.Select(one => one.Seconds))}; of a bare web server: {Spread(bare.Select(one => one.Seconds))}; so many times that: {Spread(ours.Zip(bare, (one, other) => one.Seconds / other.Seconds))}
            seconds of a core: {Spread(ours.Select(one => one.Cpu))}; of a bare web server: {Spread(bare.Select(one => one.Cpu))}; so many times that: {Spread(ours.Zip(bare, (one, other) => one.Cpu / other.Cpu))}
            """);
        folder.Delete(recursive: true);
    }

    private static async Task MakeHostsAsync(Datacenter lab)
    {
        using var connection = new KubernetesConnection { Server = lab.Kubernetes.BaseAddress };
        using var kubernetes = new KubernetesClient(connection, s_clock);
        for (var number = 1; number <= Many; number++)
        {
            var host = new HetznerRobotHost { Metadata = new ObjectMeta { Name = $"node{number}", Namespace = "default" }, Spec = new HetznerRobotHostSpec { ServerID = number } };
            var made = await kubernetes.CreateAsync(host, CancellationToken.None);
            if (made.Failure is { } refused) throw new InvalidOperationException(refused.Message);
        }
    }

    private static async Task FillAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await using var journal = SqliteJournal.Open(Path.Combine(folder, "journal.db")).Value;
        for (var number = 1; number <= Many; number++)
        {
            var record = new ServerRecord("192.0.2.1", Ipv6Network: null, "EX44", "FSN1-DC1");
            await journal.AppendAsync(
                new JournalAppend(ServerActor.IdOf(new ServerNumber(number)), 0, Epoch: 0, new Guid(number, 0, 0, new byte[8]), [ServerEvents.Codec.Encode(new ServerEvent.Identified(s_clock.GetUtcNow(), record), s_clock.GetUtcNow())]),
                CancellationToken.None);
        }
    }

    private static async Task<Start> OursAsync(Func<string, ControllerUnderTest> start)
    {
        using var probe = new Probe();
        var began = s_clock.GetTimestamp();
        using var controller = start(probe.Port);
        await ReadyAsync(probe);
        return new Start(s_clock.GetElapsedTime(began).TotalSeconds, controller.CpuTime.TotalSeconds);
    }

    private static async Task<Start> BareAsync()
    {
        using var probe = new Probe();
        var began = s_clock.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(BareKestrel).Assembly.Location, BareKestrel.Word, probe.Port]))!;
        await ReadyAsync(probe);
        var start = new Start(s_clock.GetElapsedTime(began).TotalSeconds, process.TotalProcessorTime.TotalSeconds);
        process.Kill();
        await process.WaitForExitAsync();
        return start;
    }

    private static async Task ReadyAsync(Probe probe)
    {
        while (!await probe.IsReadyAsync()) await Task.Delay(s_glance, s_clock);
    }

    private static string Spread(IEnumerable<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return string.Create(CultureInfo.InvariantCulture, $"min {sorted[0]:0.00}, median {sorted[sorted.Count / 2]:0.00}, max {sorted[^1]:0.00}");
    }

    /// <param name="Cpu">What it cost the processor, whatever else ran meanwhile.</param>
    private sealed record Start(double Seconds, double Cpu);
}
