using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Cosi;

namespace Caphr.Lab.Talos;

/// <summary>The read side of <c>cosi.resource.State</c>.</summary>
internal static class LabStateService
{
    public static async Task GetAsync(TalosNode node, NodeCall call)
    {
        if (await call.ReadAsync(GetRequest.Parser) is not { } request || NodeResources.KindOf(request.Namespace, request.Type) is not { } kind) Deny(call);
        else if (!node.State.Now.TryGetValue(new ResourceKey(kind, request.Id), out var resource))
            call.End(GrpcStatusCode.NotFound, $"resource {request.Type}({request.Namespace}/{request.Id}) doesn't exist");
        else
        {
            await call.WriteAsync(new GetResponse { Resource = resource });
            call.End(GrpcStatusCode.Ok);
        }
    }

    public static async Task ListAsync(TalosNode node, NodeCall call)
    {
        if (await call.ReadAsync(ListRequest.Parser) is not { } request || NodeResources.KindOf(request.Namespace, request.Type) is not { } kind)
        {
            Deny(call);
            return;
        }

        foreach (var (key, resource) in node.State.Now)
        {
            if (key.Type == kind) await call.WriteAsync(new ListResponse { Resource = resource });
        }

        call.End(GrpcStatusCode.Ok);
    }

    /// <summary>
    /// An empty answer that says the watch stands, then events. A single resource begins with its state, which for one that does not exist
    /// is DESTROYED; of a kind the present ones come only when asked for, with BOOTSTRAPPED after the last.
    /// </summary>
    public static async Task WatchAsync(TalosNode node, NodeCall call)
    {
        if (await call.ReadAsync(WatchRequest.Parser) is not { } request || NodeResources.KindOf(request.Namespace, request.Type) is not { } kind)
        {
            Deny(call);
            return;
        }

        if (request.HasId && request.Options?.BootstrapContents == true)
        {
            call.End(GrpcStatusCode.Unimplemented, "bootstrap contents is not supported for single resource watches");
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, node.Ended);
        var bell = new Bell();
        node.State.Tell(bell);
        try
        {
            await WatchAsync(node, call, request, kind, bell, over.Token);
        }
        catch (OperationCanceledException)
        {
            call.Break();
        }
        finally
        {
            node.State.TellNoMore(bell);
        }
    }

    private static async Task WatchAsync(TalosNode node, NodeCall call, WatchRequest request, string kind, Bell bell, CancellationToken over)
    {
        bool Wanted(ResourceKey key) => key.Type == kind && (!request.HasId || key.Id == request.Id);

        await call.WriteAsync(new WatchResponse());
        var known = node.State.Now;
        if (request.HasId)
        {
            var first = known.TryGetValue(new ResourceKey(kind, request.Id), out var resource) ? Event(EventType.Created, resource) : Event(EventType.Destroyed, Nothing(request));
            await call.WriteAsync(new WatchResponse { Event = { first } });
        }
        else if (request.Options?.BootstrapContents == true)
        {
            foreach (var (key, resource) in known)
            {
                if (Wanted(key)) await call.WriteAsync(new WatchResponse { Event = { Event(EventType.Created, resource) } });
            }

            if (request.ApiVersion >= 1) await call.WriteAsync(new WatchResponse { Event = { new Event { EventType = EventType.Bootstrapped } } });
        }

        while (true)
        {
            if (node.Suffers(TalosFault.WatchCut))
            {
                call.Break();
                return;
            }

            await bell.WaitAsync(limit: null, node.Around.Time.Clock, over);
            var now = node.State.Now;
            foreach (var (key, resource) in now)
            {
                if (!Wanted(key)) continue;
                var before = known.GetValueOrDefault(key);
                if (ReferenceEquals(before, resource)) continue;
                await call.WriteAsync(new WatchResponse { Event = { Event(before is null ? EventType.Created : EventType.Updated, resource) } });
            }

            known = now;
        }
    }

    private static Event Event(EventType type, Resource resource) => new() { EventType = type, Resource = resource };

    private static Resource Nothing(WatchRequest request) =>
        new() { Metadata = new ResourceMetadata { Namespace = request.Namespace, Type = request.Type, Id = request.Id, Phase = "tearingDown" } };

    private static void Deny(NodeCall call) => call.End(GrpcStatusCode.PermissionDenied, "access to the resource is not allowed");
}
