using System.Runtime.CompilerServices;
using Caphr.Protocols.Talos.Wire.Cosi;
using Google.Protobuf;

namespace Caphr.Protocols.Talos.Calls;

/// <summary>Talos' state (COSI), read only: the API allows no more over the network. Works in every mode of every version.</summary>
public sealed class TalosState
{
    /// <summary>What a node may list before we stop reading. The longest list CAPHR asks for is that of a server's disks.</summary>
    public const int MostResources = 10_000;

    private readonly TalosLine _line;

    internal TalosState(TalosLine line) => _line = line;

    /// <summary><see cref="TalosError.NotFound"/> when the resource is not there, or not there yet.</summary>
    public async Task<Outcome<T, TalosFailure>> GetAsync<T>(TalosResource<T> resource, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var request = new GetRequest { Namespace = resource.Namespace, Type = resource.Type, Id = resource.Id };
        var answer = await _line.CallAsync(TalosMethods.Get, request, TalosLine.ReadDeadline, cancellation);
        return answer.TryGet(out var got, out var failure) ? Read(resource, got.Resource) : failure;
    }

    /// <summary>All resources of the kind of <paramref name="resource"/>, by their ids.</summary>
    public async Task<Outcome<IReadOnlyDictionary<string, T>, TalosFailure>> ListAsync<T>(TalosResource<T> resource, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        var request = new ListRequest { Namespace = resource.Namespace, Type = resource.Type };
        await foreach (var answer in _line.StreamAsync(TalosMethods.List, request, cancellation))
        {
            if (!answer.TryGet(out var listed, out var failure)) return failure;
            if (!Read(resource, listed.Resource).TryGet(out var spec, out failure)) return failure;
            if (found.Count == MostResources) return new TalosFailure(TalosError.AnswerTooLarge, $"The node lists more than {MostResources} {resource.Type}.");
            found[listed.Resource.Metadata?.Id ?? ""] = spec;
        }

        return found;
    }

    /// <summary>
    /// The resource now and at every change; null while there is none. Ends with a failure, always: a watch that stands is silent until the
    /// node goes away, changes its mode or the caller cancels.
    /// </summary>
    public async IAsyncEnumerable<Outcome<T?, TalosFailure>> WatchAsync<T>(TalosResource<T> resource, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var request = new WatchRequest
        {
            Namespace = resource.Namespace,
            Type = resource.Type,
            Id = resource.Id,
            Options = new WatchOptions(),
            ApiVersion = 1,
        };
        await foreach (var answer in _line.StreamAsync(TalosMethods.Watch, request, cancellation))
        {
            if (!answer.TryGet(out var batch, out var failure))
            {
                yield return failure;
                yield break;
            }

            foreach (var change in batch.Event)
            {
                if (Read(resource, change) is not { } read) continue;
                yield return read;
                if (!read.Succeeded) yield break;
            }
        }

        yield return new TalosFailure(TalosError.ConnectionLost, "The node ended the watch.");
    }

    private static Outcome<T?, TalosFailure>? Read<T>(TalosResource<T> resource, Event change)
        where T : class, IMessage<T> => change.EventType switch
        {
            EventType.Created or EventType.Updated => Read(resource, change.Resource).Then<T?>(spec => spec),
            // Also what a watch begins with when the resource does not exist yet, as early in a boot.
            EventType.Destroyed => Outcome<T?, TalosFailure>.Of(null),
            EventType.Errored => new TalosFailure(TalosError.NotReady, change.HasError ? change.Error : "The node broke off the watch."),
            _ => (Outcome<T?, TalosFailure>?)null,
        };

    /// <summary>A spec without any field set is encoded as nothing at all, and is a spec.</summary>
    private static Outcome<T, TalosFailure> Read<T>(TalosResource<T> resource, Resource? found)
        where T : class, IMessage<T>
    {
        try
        {
            if (found?.Spec is { } spec) return resource.Spec.ParseFrom(spec.ProtoSpec);
        }
        catch (InvalidProtocolBufferException)
        {
            // Told below, as of a resource without a spec.
        }

        return new TalosFailure(TalosError.AnswerMalformed, $"The node's {resource.Type} cannot be understood.");
    }
}
