using System.Collections.Immutable;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Wire.Cosi;
using Google.Protobuf;

namespace Caphr.Lab.Talos;

/// <summary>A node's resources now, by kind and id, and bells for those who wait for one of them to change.</summary>
internal sealed class NodeState
{
    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<ResourceKey, Resource> _resources = ImmutableSortedDictionary<ResourceKey, Resource>.Empty;
    private readonly HashSet<Bell> _listening = [];

    public ImmutableSortedDictionary<ResourceKey, Resource> Now
    {
        get { lock (_gate) return _resources; }
    }

    public void Tell(Bell bell)
    {
        lock (_gate) _listening.Add(bell);
    }

    public void TellNoMore(Bell bell)
    {
        lock (_gate) _listening.Remove(bell);
    }

    public void Set(TalosResource of, IMessage spec)
    {
        Bell[] told;
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
            told = [.. _listening];
        }

        foreach (var bell in told) bell.Ring();
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
