using System.Text;
using System.Text.Json;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Benchmarks.Kubernetes;

/// <summary>An informer against whoever reads the same pages and takes them for JSON, and what stays of an object against its text.</summary>
internal static class InformerContests
{
    public static async Task RunAsync(Report report)
    {
        const string Sync = "informer, synced from nothing with 10,000 hosts, against parsing the same pages";
        const string Cpu = "informer, processor time of the same, against parsing the same pages";
        const string Memory = "memory of a host in an informer, against its JSON on the wire";
        if (report.IsLeftOut(Sync) && report.IsLeftOut(Cpu) && report.IsLeftOut(Memory)) return;

        await using var server = await CannedHosts.StartAsync();
        await report.CompareAsync(Sync, CannedHosts.Count, () => SyncedAsync(server.Address), () => server.ReadAllAsync(ParseAsync));
        await report.CompareCpuAsync(Cpu, CannedHosts.Count, () => SyncedAsync(server.Address), () => server.ReadAllAsync(ParseAsync));
        await report.CompareMemoryAsync(Memory, CannedHosts.Count, () => [Synced(server.Address)], () => CannedHosts.Texts.Select(Encoding.UTF8.GetBytes));
    }

    private static Informer<HetznerRobotHost> Synced(Uri server)
    {
#pragma warning disable RS0030 // Memory is compared between two moments, and nothing else is to be done between them.
        return SyncedAsync(server).GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    private static async Task<Informer<HetznerRobotHost>> SyncedAsync(Uri server)
    {
        using var end = new CancellationTokenSource();
        using var connection = new KubernetesConnection { Server = server };
        using var client = new KubernetesClient(connection, new RealTime());
        var informer = new Informer<HetznerRobotHost>(client, new InformerOptions(), new RealTime(), new Random(1), (_, _) => ValueTask.CompletedTask, _ => { });
        var run = informer.RunAsync(end.Token);
        await informer.WaitForSyncAsync(end.Token);
        await end.CancelAsync();
        await run.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return informer;
    }

    private static async Task ParseAsync(Stream page)
    {
        using var document = await JsonDocument.ParseAsync(page);
    }
}
