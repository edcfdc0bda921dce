using System.Collections.Immutable;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Wire.Cosi;
using Google.Protobuf;

namespace Caphr.Lab.Talos;

/// <summary>A node's resources now, by kind and id, and a task that ends when one of them changes.</summary>
internal sealed class NodeState
{
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<ResourceKey, Resource> _resources = ImmutableSortedDictionary<ResourceKey, Resource>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public (ImmutableSortedDictionary<ResourceKey, Resource> Resources, Task Changed) Now
    {
        get { lock (_gate) return (_resources, _changed.Task); }
    }

    public void Set(TalosResource of, IMessage spec)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            var key = ResourceKey.Of(of);
            var encoded = spec.ToByteString();
            var before = _resources.GetValueOrDefault(key);
            if (before?.Spec.ProtoSpec.Equals(encoded) == true) return;
            var version = before is null ? 1 : int.Parse(before.Metadata.Version, System.Globalization.CultureInfo.InvariantCulture) + 1;
            _resources = _resources.SetItem(key, new Resource
            {
                Metadata = new ResourceMetadata { Namespace = of.Namespace, Type = of.Type, Id = of.Id, Version = $"{version}", Phase = "running" },
                Spec = new ResourceSpec { ProtoSpec = encoded },
            });
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}

/// <summary>Talos takes the type of a resource in any case.</summary>
internal readonly record struct ResourceKey(string Type, string Id) : IComparable<ResourceKey>
{
    public static ResourceKey Of(TalosResource resource) => new(resource.Type.ToLowerInvariant(), resource.Id);

    public int CompareTo(ResourceKey other) => (string.CompareOrdinal(Type, other.Type), string.CompareOrdinal(Id, other.Id)) switch
    {
        (0, var byId) => byId,
        var (byType, _) => byType,
    };
}
