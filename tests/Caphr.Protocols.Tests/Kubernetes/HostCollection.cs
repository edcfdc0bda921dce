using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Microsoft.AspNetCore.Http;

namespace Caphr.Protocols.Tests.Kubernetes;

/// <summary>HetznerRobotHosts as an API server keeps them: one rising version, lists in pages, watches with a history that can be forgotten.</summary>
internal sealed class HostCollection
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, HetznerRobotHost> _hosts = [];
    private readonly Dictionary<string, List<HetznerRobotHost>> _past = [];
    private readonly List<(int Version, string Line)> _history = [];
    private readonly List<Channel<string?>> _watchers = [];
    private int _version = 100;
    private int _forgottenUpTo = 100;
    private int _incarnations;

    public int Lists { get; private set; }

    public int Watches { get; private set; }

    public int OpenWatches
    {
        get { lock (_gate) return _watchers.Count; }
    }

    /// <summary>While set, every request is answered with this instead.</summary>
    public Func<HttpContext, Task>? Trouble { get; set; }

    public void Put(string name, int serverID)
    {
        lock (_gate)
        {
            var known = _hosts.GetValueOrDefault(name);
            var host = new HetznerRobotHost
            {
                Metadata = new ObjectMeta
                {
                    Name = name,
                    Namespace = "default",
                    Uid = known?.Metadata.Uid ?? $"uid-{++_incarnations}",
                    ResourceVersion = Next(),
                },
                Spec = new HetznerRobotHostSpec { ServerID = serverID },
            };
            _hosts[name] = host;
            if (known is null) _past[name] = [];
            _past[name].Add(host);
            Publish(known is null ? "ADDED" : "MODIFIED", host);
        }
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            var host = _hosts[name];
            _hosts.Remove(name);
            Publish("DELETED", host with { Metadata = host.Metadata with { ResourceVersion = Next() } });
        }
    }

    public void DeleteIfThere(string name)
    {
        lock (_gate)
        {
            if (_hosts.ContainsKey(name)) Delete(name);
        }
    }

    /// <summary>What is so, in words.</summary>
    public IReadOnlyList<string> All()
    {
        lock (_gate) return [.. _hosts.Values.Select(host => $"{host.Metadata.Name} {host.Metadata.Uid} {host.Metadata.ResourceVersion}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Repeats, out of turn, something said before.</summary>
    public void Echo(string type, HetznerRobotHost host) => Send(Line(type, host));

    /// <summary>Repeats something that this object has been since it was created.</summary>
    public void EchoPast(string name, Random random)
    {
        lock (_gate)
        {
            if (_hosts.ContainsKey(name)) Echo("MODIFIED", _past[name][random.Next(_past[name].Count)]);
        }
    }

    public void Bookmark()
    {
        lock (_gate) Send(Line("BOOKMARK", new HetznerRobotHost { Metadata = new ObjectMeta { ResourceVersion = Next() } }));
    }

    public void Send(string line)
    {
        lock (_gate) _watchers.ForEach(watcher => watcher.Writer.TryWrite(line));
    }

    /// <summary>Ends every watch in good order.</summary>
    public void EndWatches()
    {
        lock (_gate) _watchers.ForEach(watcher => watcher.Writer.TryComplete());
    }

    /// <summary>Tears every watch's connection down.</summary>
    public void BreakWatches() => SendNull();

    public void ForgetHistory()
    {
        lock (_gate)
        {
            _history.Clear();
            _forgottenUpTo = _version;
        }
    }

    public Task AnswerAsync(HttpContext context)
    {
        if (Trouble is { } trouble) return trouble(context);
        return context.Request.Query["watch"] == "true" ? WatchAsync(context) : ListAsync(context);
    }

    private static string Line(string type, HetznerRobotHost host) =>
        new JsonObject { ["type"] = type, ["object"] = KubernetesJson.ToNode(host) }.ToJsonString() + "\n";

    private Task ListAsync(HttpContext context)
    {
        JsonObject list;
        lock (_gate)
        {
            var limit = int.Parse(context.Request.Query["limit"].ToString(), CultureInfo.InvariantCulture);
            var after = context.Request.Query["continue"].ToString();
            if (after.Length == 0) Lists++;
            var rest = _hosts.Values.Where(host => string.CompareOrdinal(host.Metadata.Name, after) > 0).ToList();
            var metadata = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) };
            if (rest.Count > limit) metadata["continue"] = rest[limit - 1].Metadata.Name;
            list = new JsonObject { ["metadata"] = metadata, ["items"] = new JsonArray([.. rest.Take(limit).Select(KubernetesJson.ToNode)]) };
        }

        return ApiServerDouble.Reply(context, 200, list.ToJsonString());
    }

    private async Task WatchAsync(HttpContext context)
    {
        var from = int.Parse(context.Request.Query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        var watcher = Channel.CreateUnbounded<string?>();
        lock (_gate)
        {
            Watches++;
            if (from < _forgottenUpTo)
            {
                watcher.Writer.TryWrite($$$"""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: {{{from}}}"}}""" + "\n");
                watcher.Writer.TryComplete();
            }

            foreach (var (version, line) in _history.Where(entry => entry.Version > from)) watcher.Writer.TryWrite(line);
            _watchers.Add(watcher);
        }

        try
        {
            await context.Response.Body.FlushAsync();
            await foreach (var line in watcher.Reader.ReadAllAsync(context.RequestAborted))
            {
                if (line is null)
                {
                    context.Abort();
                    return;
                }

                await context.Response.WriteAsync(line);
                await context.Response.Body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The client went away.
        }
        finally
        {
            lock (_gate) _watchers.Remove(watcher);
        }
    }

    private void SendNull()
    {
        lock (_gate) _watchers.ForEach(watcher => watcher.Writer.TryWrite(null));
    }

    private void Publish(string type, HetznerRobotHost host)
    {
        var line = Line(type, host);
        _history.Add((_version, line));
        Send(line);
    }

    private string Next() => (++_version).ToString(CultureInfo.InvariantCulture);
}
