using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes;

/// <summary>
/// Calls one API server. Every refusal and every failure of the network is a value; only cancellation is thrown. Nothing is retried here:
/// whether a call may be repeated depends on what it was for.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private readonly KubernetesClientOptions _options;
    private readonly KubernetesTransport _transport;

    public KubernetesClient(KubernetesConnection connection, TimeProvider time, KubernetesClientOptions? options = null)
    {
        Connection = connection;
        _options = options ?? new KubernetesClientOptions();
        _transport = new KubernetesTransport(connection, time, _options);
    }

    public KubernetesConnection Connection { get; }

    public Task<Outcome<T, KubernetesFailure>> GetAsync<T>(ObjectKey key, CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource =>
        _transport.CallAsync<T>(Call.Of<T>("get", HttpMethod.Get, key), cancellation);

    /// <summary>All objects of a selection at one moment, read page by page. <see cref="KubernetesError.Gone"/> means: that moment was forgotten on the way, begin again.</summary>
    public async Task<Outcome<ResourceList<T>, KubernetesFailure>> ListAsync<T>(Selection selection, CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource
    {
        var items = new List<T>();
        var next = "";
        do
        {
            var call = Call.OfMany<T>("list", selection)
                .With("limit", _options.PageSize.ToString(CultureInfo.InvariantCulture))
                .With("continue", next);
            var answer = await _transport.CallAsync<ListPage<T>>(call, cancellation);
            if (!answer.TryGet(out var page, out var failure)) return failure;
            items.AddRange(page.Items);
            // A token that leads back to its own page would have us read that page until memory ends.
            if (next.Length > 0 && next == page.Metadata.Continue) return call.Failed(KubernetesError.Malformed, "a page leads to itself.");
            next = page.Metadata.Continue ?? "";
            if (next.Length == 0) return new ResourceList<T>(items, page.Metadata.ResourceVersion ?? "");
        }
        while (true);
    }

    public Task<Outcome<T, KubernetesFailure>> CreateAsync<T>(T wanted, CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource =>
        _transport.CallAsync<T>(
            Call.Of<T>("create", HttpMethod.Post, wanted.Key, collection: true).As(_options.FieldManager).Sending(KubernetesJson.ToNode(wanted)),
            cancellation);

    public Task<Outcome<T, KubernetesFailure>> PatchAsync<T>(ObjectKey key, Patch patch, CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource
    {
        var call = Call.Of<T>(patch.Verb, HttpMethod.Patch, key, patch.Subresource).As(_options.FieldManager).Sending(patch.MediaType, patch.Body);
        return _transport.CallAsync<T>(patch.Force is { } force ? call.With("force", force ? "true" : "false") : call, cancellation);
    }

    /// <summary>Asks for deletion: finalizers and dependants may keep the object for a while. With a UID, only that incarnation of the name is deleted.</summary>
    public async Task<Outcome<Done, KubernetesFailure>> DeleteAsync<T>(ObjectKey key, string? onlyIfUid, CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
        if (onlyIfUid is not null) options["preconditions"] = new JsonObject { ["uid"] = onlyIfUid };
        var answer = await _transport.CallAsync<JsonElement>(Call.Of<T>("delete", HttpMethod.Delete, key).Sending(options), cancellation);
        return answer.Then(_ => default(Done));
    }

    /// <summary>
    /// What changed after <paramref name="resourceVersion"/>, until the server ends the watch, it fails, or it is cancelled. The enumeration
    /// itself never throws anything but cancellation.
    /// </summary>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(Selection selection, string resourceVersion, CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource
    {
        var call = Call.OfMany<T>("watch", selection)
            .With("watch", "true")
            .With("allowWatchBookmarks", "true")
            .With("resourceVersion", resourceVersion)
            .With("timeoutSeconds", ((int)_options.WatchLifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return EventsAsync<T>(call, cancellation);
    }

    public void Dispose() => _transport.Dispose();

    private async IAsyncEnumerable<WatchEvent<T>> EventsAsync<T>(Call call, [EnumeratorCancellation] CancellationToken cancellation)
        where T : KubernetesObject, IKubernetesResource
    {
        using var stream = await _transport.OpenAsync(call, cancellation);
        if (stream.Failure is { } refused)
        {
            yield return new WatchEvent<T>.Failed(refused);
            yield break;
        }

        yield return new WatchEvent<T>.Opened();
        while (await stream.NextAsync(cancellation) is { } line)
        {
            var next = line.TryGet(out var text, out var lost) ? WatchLine.Read<T>(text, call) : new WatchEvent<T>.Failed(lost);
            if (next is null) continue;
            yield return next;
            if (next is WatchEvent<T>.Failed) yield break;
        }
    }

    private sealed record ListPage<T>
    {
        public ListMeta Metadata { get; init; } = new();

        public IReadOnlyList<T> Items { get; init; } = [];
    }

    private sealed record ListMeta
    {
        public string? ResourceVersion { get; init; }

        public string? Continue { get; init; }
    }
}
