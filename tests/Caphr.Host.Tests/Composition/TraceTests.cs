using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Caphr.Actors.Journal;
using Caphr.Host.Composition;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Journals;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Tests.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace Caphr.Host.Tests.Composition;

[Collection(Listening)]
public sealed class TraceTests : IDisposable
{
    /// <summary>Tests that listen to the one source of activities, one after another and while nothing else runs: other tests' actors would be heard too.</summary>
    public const string Listening = "listening to activities";

    private static readonly RealTime s_time = new();

    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly TemporaryDirectory _folder = new();
    private readonly TaskCompletionSource _hostsAppear = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Objects _objects = new();
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Caphr",
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task An_effect_can_be_followed_back_to_the_watch_event_that_it_answers()
    {
        _objects.AddHost(4711);

        await RunUntilLookedUpAsync(hosts: 1);

        Assert.Equal(
            ["LookUpServer", "Pipe", "Continue", "Persisting", "Hear", "Envelope", "Deliver", "Look", "SomethingChanged", "Watch hetznerrobothosts"],
            WayBack(Named("LookUpServer").Single()).Select(activity => activity.OperationName));
    }

    [Fact]
    public async Task A_look_names_every_change_that_it_gathered()
    {
        _objects.AddHost(4711);
        _objects.AddHost(4712);

        await RunUntilLookedUpAsync(hosts: 2);

        var linked = Named("Look").SelectMany(look => look.Links).Select(link => link.Context.SpanId).ToHashSet();
        var changes = Named("SomethingChanged").Where(change => Find(change.ParentSpanId)?.OperationName == "Watch hetznerrobothosts").ToList();
        Assert.Equal(2, changes.Count);
        Assert.All(changes, change => Assert.Contains(change.SpanId, linked));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Delete();
    }

    private async Task RunUntilLookedUpAsync(int hosts)
    {
        await using var kubernetes = await ApiServerDouble.StartAsync();
        kubernetes.Answers(AnswerAsync);
        using var stop = new CancellationTokenSource();
        var controller = Controller.RunAsync(
            new HostOptions { KubeconfigPath = WriteKubeconfig(kubernetes.Address), DataDirectory = _folder.File("data"), ReplicaName = "caphr-0" }, s_time, new Random(1), stop.Token);

        // Later than the first look at everything, so that the looks at the hosts answer their watch events only.
        await EndedAsync("Look", times: 1);
        await EndedAsync("ShardCame", Shards.Count);
        await EndedAsync("Look", Named("Look").Count() + 1);
        _hostsAppear.SetResult();
        await EndedAsync("LookUpServer", hosts);
        await stop.CancelAsync();
        Assert.Equal(0, await controller);
    }

    private async Task EndedAsync(string name, int times)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3), s_time);
        while (Named(name).Count() < times) await Task.Delay(TimeSpan.FromMilliseconds(10), s_time, patience.Token);
    }

    private IEnumerable<Activity> Named(string name) => _ended.Where(activity => activity.OperationName == name);

    /// <summary>From part to whole, and where a trace begins on to the watch event among those that it is linked to.</summary>
    private IEnumerable<Activity> WayBack(Activity? activity)
    {
        while (activity is not null)
        {
            yield return activity;
            activity = Find(activity.ParentSpanId) ?? activity.Links.Select(link => Find(link.Context.SpanId)).FirstOrDefault(cause => cause?.OperationName == "SomethingChanged");
        }
    }

    private Activity? Find(ActivitySpanId id) => _ended.FirstOrDefault(activity => activity.SpanId == id);

    private Task AnswerAsync(HttpContext context)
    {
        var kind = context.Request.Path.Value!.Split('/')[^1];
        if (context.Request.Query["watch"] == "true") return WatchAsync(context, kind);
        var known = kind switch
        {
            "hetznerrobotclusters" => Json(_objects.InfraCluster),
            "clusters" => Json(_objects.Cluster),
            _ => "",
        };
        return ApiServerDouble.Reply(context, 200, $$$"""{"metadata":{"resourceVersion":"7"},"items":[{{{known}}}]}""");
    }

    private async Task WatchAsync(HttpContext context, string kind)
    {
        await context.Response.Body.FlushAsync();
        if (kind == HetznerRobotHost.Resource.Plural)
        {
            await _hostsAppear.Task;
            foreach (var host in _objects.Hosts) await context.Response.WriteAsync($$$"""{"type":"ADDED","object":{{{Json(host)}}}}""" + "\n");
            await context.Response.Body.FlushAsync();
        }

        var gone = new TaskCompletionSource();
        await using (context.RequestAborted.Register(gone.SetResult)) await gone.Task;
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, KubernetesJson.Options);

    private string WriteKubeconfig(Uri server)
    {
        var path = _folder.File("kubeconfig");
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            clusters: [{ name: double, cluster: { server: "{{server.AbsoluteUri.TrimEnd('/')}}" } }]
            users: [{ name: double, user: {} }]
            contexts: [{ name: double, context: { cluster: double, user: double, namespace: default } }]
            current-context: double
            """);
        return path;
    }
}

[CollectionDefinition(TraceTests.Listening, DisableParallelization = true)]
public sealed class ListeningCollection;
