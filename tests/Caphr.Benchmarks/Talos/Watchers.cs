using System.Diagnostics;
using System.Globalization;
using System.Net;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Cosi;

namespace Caphr.Benchmarks.Talos;

/// <summary>
/// A process of its own that watches many nodes and says what that took, so that neither the nodes' side nor the other contestant's
/// leavings are counted. What TLS keeps is not .NET's memory, so resident memory is what is measured.
/// </summary>
internal static class Watchers
{
    public const string Word = "watch-talos-nodes";
    public const string Ours = "ours";
    public const string Plain = "plain";

    private const int Nodes = 3_000;
    private const int AtOnce = 50;

    /// <summary>Bytes for each node.</summary>
    public static async Task<double> MeasureAsync(string side, BenchNode node)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Watchers).Assembly.Location, Word, side, node.Address.ToString()]) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return double.Parse(said, CultureInfo.InvariantCulture) / Nodes;
    }

    /// <summary>The process itself: prints the bytes that watching added.</summary>
    public static async Task RunAsync(string side, string address)
    {
        var place = IPEndPoint.Parse(address);
        // What the first connection loads into the process is not the price of a node.
        var held = new List<object> { await BeginAsync(side, place) };
        var before = Resident();
        foreach (var batch in Enumerable.Range(0, Nodes).Chunk(AtOnce)) held.AddRange(await Task.WhenAll(batch.Select(_ => BeginAsync(side, place))));
        var after = Resident();
        await Console.Out.WriteAsync((after - before).ToString(CultureInfo.InvariantCulture));
        GC.KeepAlive(held);
    }

    private static Task<object> BeginAsync(string side, IPEndPoint place) => side == Ours ? WatchAsync(place) : HoldAsync(place);

    private static async Task<object> WatchAsync(IPEndPoint place)
    {
        var watch = new NodeWatch(place, ReconnectDelay.Default, new RealTime(), new Random(1)).FollowAsync(identity: null, CancellationToken.None).GetAsyncEnumerator();
        while (await watch.MoveNextAsync() && watch.Current is not NodeSighting.Told) { }
        return (watch, watch.MoveNextAsync().AsTask());
    }

    private static async Task<object> HoldAsync(IPEndPoint place)
    {
        var http = TalosContests.Plain();
        var request = new WatchRequest { Namespace = "runtime", Type = TalosResource.MachineStatus.Type, Id = "machine", ApiVersion = 1 };
        var answer = await http.SendAsync(TalosContests.Post(place, TalosMethods.Watch.Path, GrpcFraming.Encode(request)), CancellationToken.None);
        var body = await answer.Content.ReadAsStreamAsync();
        // The two messages come together or apart; what follows them is awaited.
        var buffer = new byte[256];
        return (http, answer, Task.Run(async () =>
        {
            while (await body.ReadAsync(buffer) > 0) { }
        }));
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var me = Process.GetCurrentProcess();
        return me.WorkingSet64;
    }
}
