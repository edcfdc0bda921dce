using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Serves watches. Each one reads the common history at its own pace.</summary>
internal sealed class Watches(ObjectStore store, Faults faults, LabKubernetesOptions options, CancellationToken stopping)
{
    public async Task ServeAsync(HttpContext context, ResourceType type, string? inNamespace)
    {
        var request = context.Request;
        if (Accepted.Form(request) is not { } form)
        {
            await context.RefuseAsync(Lists.NotAcceptable);
            return;
        }

        if (!Selection.Parse(request, type).TryGet(out var selection, out var refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var from = long.TryParse(request.Parameter("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
        using var timeout = int.TryParse(request.Parameter("timeoutSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds), options.Clock)
            : new CancellationTokenSource();
        var dropped = faults.WatchesDropped;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, timeout.Token, dropped);
        context.Response.ContentType = Answers.JsonType;
        var stream = new WatchStream(context, type, inNamespace, selection, form, options.Clock);
        try
        {
            await context.Response.StartAsync(end.Token);
            await FollowAsync(stream, type, inNamespace, from, request, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // A dropped watch ends in the middle of nowhere, as a broken connection does; all others end as an ended answer does.
            if (dropped.IsCancellationRequested) context.Abort();
        }
    }

    private async Task FollowAsync(WatchStream stream, ResourceType type, string? inNamespace, long from, HttpRequest request, CancellationToken end)
    {
        var bookmarks = request.Flag("allowWatchBookmarks");
        var at = from;
        if (from == 0 || request.Flag("sendInitialEvents"))
        {
            var (items, revision) = store.List(type.GroupResource, inNamespace);
            foreach (var item in items) await stream.SendAsync(new Change(ChangeKind.Added, item, null), end);
            at = revision;
            if (bookmarks && request.Flag("sendInitialEvents")) await stream.BookmarkAsync(at, endOfInitialEvents: true, end);
        }

        await stream.FlushAsync(end);
        var bell = new Bell();
        using var told = store.Tell(bell, type.GroupResource);
        var marked = options.Clock.GetTimestamp();
        while (true)
        {
            if (store.ReadAfter(at) is not { } feed)
            {
                await stream.ErrorAsync(Refusal.Expired(at, store.Compacted), end);
                return;
            }

            foreach (var change in feed.Changes) await stream.SendAsync(change, end);
            if (feed.Changes.Count > 0) await stream.FlushAsync(end);
            at = Math.Max(at, feed.Revision);
            if (feed.Changes.Count == 0) await bell.WaitAsync(options.BookmarkInterval, options.Clock, end);
            // Also while other kinds change all the time, of which this watch says nothing.
            if (!bookmarks || options.Clock.GetElapsedTime(marked) < options.BookmarkInterval) continue;
            await stream.BookmarkAsync(at, endOfInitialEvents: false, end);
            await stream.FlushAsync(end);
            marked = options.Clock.GetTimestamp();
        }
    }
}

/// <summary>One open watch: which changes concern it, and how they look on the wire.</summary>
internal sealed class WatchStream(HttpContext context, ResourceType type, string? inNamespace, Selection selection, Representation form, TimeProvider clock)
{
    private bool _headingsSent;

    public async Task SendAsync(Change change, CancellationToken end)
    {
        var key = change.Object.Key;
        if (key.Resource != type.GroupResource || (inNamespace is not null && key.Namespace != inNamespace)) return;
        // What matters to a client is whether the object came into, stayed in or left what it selected.
        var was = change.Before is { } before && selection.Matches(before);
        var isNow = change.Kind != ChangeKind.Deleted && selection.Matches(change.Object);
        var word = (was, isNow) switch { (false, true) => "ADDED", (true, true) => "MODIFIED", (true, false) => "DELETED", _ => null };
        if (word is not null) await WriteAsync(word, Show(change.Object), end);
    }

    public Task BookmarkAsync(long revision, bool endOfInitialEvents, CancellationToken end)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
        if (endOfInitialEvents) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        var bookmark = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.GroupVersion, ["metadata"] = metadata };
        return WriteAsync("BOOKMARK", bookmark.ToBytes(), end);
    }

    public async Task ErrorAsync(Refusal refusal, CancellationToken end)
    {
        await WriteAsync("ERROR", refusal.ToStatus().ToBytes(), end);
        await FlushAsync(end);
    }

    public Task FlushAsync(CancellationToken end) => context.Response.Body.FlushAsync(end);

    private ReadOnlyMemory<byte> Show(StoredObject item)
    {
        switch (form)
        {
            case Representation.MetadataOnly:
                return TablePrinter.MetadataOnly(item.Read()).ToBytes();
            case Representation.Table:
                var metadata = new JsonObject { ["resourceVersion"] = item.Revision.ToString(CultureInfo.InvariantCulture) };
                var table = TablePrinter.Print(type, [item.Read(type)], Lists.RowObjectOf(context.Request), metadata, clock.GetUtcNow());
                if (_headingsSent) table["columnDefinitions"] = new JsonArray();
                _headingsSent = true;
                return table.ToBytes();
            default:
                return item.As(type);
        }
    }

    private async Task WriteAsync(string word, ReadOnlyMemory<byte> shown, CancellationToken end)
    {
        var body = context.Response.Body;
        await body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"{word}\",\"object\":"), end);
        await body.WriteAsync(shown, end);
        await body.WriteAsync("}\n"u8.ToArray(), end);
    }
}
