using Caphr.Actors.Journal;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Host.Diagnostics;
using Caphr.Host.Metrics;
using Caphr.Host.Robot;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Metrics;

/// <summary>The measures of a host, and the page on which they are read.</summary>
internal sealed class MeasuredHost : IDisposable
{
    private readonly Measures _measures = new();
    private readonly PrometheusPage _page;

    public MeasuredHost() => _page = new PrometheusPage(_measures.Meter);

    public Measures Measures => _measures;

    /// <summary>One to which everything has happened that is measured, so that every series is there.</summary>
    public static MeasuredHost OfEverything()
    {
        var host = new MeasuredHost();
        var measures = host.Measures;
        measures.BeginAtZero();
        measures.OfWatches(() => [new("hetznerrobothosts", TimeSpan.FromSeconds(3), 7)]);
        measures.OfEvents(() => 2);
        measures.OfFleet(new FleetCount(new FleetBoard(), new VirtualClock(Objects.Now), () => []));
        measures.Hear(new RobotReport(
            new ObjectName("demo", "robot"), "u", Objects.Now, Whole: null, UnderWay: 1, Calls: 9, Spared: 4,
            [new LaneReport(RobotLane.Fence, Waiting: 2, TimeSpan.FromSeconds(7), Served: 5, TimeSpan.FromSeconds(1.5))],
            [new EndpointReport("POST /reset/{}", Used: 3, Allowance: 40, PerHour: 50, Closed: null)]));
        foreach (var number in FrozenStory.Servers.Keys) host.Live(number);
        measures.EffectEnded(new ServerEffect.AwaitTalos(new EffectKey(new ServerNumber(1), 1), "192.0.2.7"), EffectOutcome.Done, TimeSpan.FromSeconds(40));
        measures.Appended(AppendResult.Appended, TimeSpan.FromMilliseconds(4));
        measures.ShardRead(TimeSpan.FromMilliseconds(20));
        measures.Looked(TimeSpan.FromMilliseconds(3), []);
        measures.Wrote(Claim(Objects.Now.AddMinutes(-2)), WriteDesk.Verdict.Done, Objects.Now);
        return host;
    }

    /// <summary>The claim of a server for a machine that was made at that time.</summary>
    public static Write Claim(DateTimeOffset since)
    {
        var objects = new Objects();
        objects.AddHost(1);
        objects.AddMachine("cp-0", machine => machine with { Metadata = machine.Metadata with { CreationTimestamp = since } });
        return ControlPlan.Make(objects.Look()).Writes.Single(write => write.Claimant is not null);
    }

    /// <summary>What the frozen journal tells of a server happens to it once more, event by event.</summary>
    public void Live(ServerNumber number)
    {
        var state = ServerLifecycle.Start(number);
        foreach (var happened in FrozenStory.Servers[number]) state = Happens(state, happened);
    }

    /// <summary>What one decision made of a server.</summary>
    public ServerState Happens(ServerState before, params ServerEvent[] events)
    {
        var state = events.Aggregate(before, ServerEvolution.Evolve);
        ServerPassage.Measure(_measures, before, new ServerChanged(new ServerSnapshot(state, Note: null), events));
        return state;
    }

    public string Page() => _page.Write();

    /// <summary>The samples of one metric; of a histogram, all of them.</summary>
    public IReadOnlyList<string> Samples(string metric) => [.. Page().Split('\n').Where(line => line.StartsWith(metric, StringComparison.Ordinal) && (line[metric.Length] is ' ' or '{' || line[metric.Length..].StartsWith("_bucket", StringComparison.Ordinal) || line[metric.Length..].StartsWith("_sum", StringComparison.Ordinal) || line[metric.Length..].StartsWith("_count", StringComparison.Ordinal)))];

    public void Dispose()
    {
        _page.Dispose();
        _measures.Dispose();
    }
}
