using System.Collections.Immutable;

namespace Caphr.Lab.Kubernetes.Types;

/// <summary>What is served right now: the built-in kinds and those of the CRDs. Read without a lock; replaced whole.</summary>
internal sealed class TypeRegistry
{
    private ImmutableList<ResourceType> _custom = [];
    private int _generation;

    /// <summary>Moves whenever what is served may have changed.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public IReadOnlyList<ResourceType> All => [.. BuiltInTypes.All, .. Volatile.Read(ref _custom)];

    public ResourceType? Find(string group, string version, string plural) =>
        All.FirstOrDefault(type => type.Group == group && type.Version == version && type.Plural == plural);

    /// <summary>Any served version of a stored kind; the most preferred one first.</summary>
    public ResourceType? Preferred(GroupResource resource) =>
        All.Where(type => type.GroupResource == resource).MinBy(type => type.Version, KubeVersion.MostPreferredFirst);

    /// <summary>Groups with their versions, most preferred first. The core group has the empty name.</summary>
    public IReadOnlyList<(string Group, IReadOnlyList<string> Versions)> Groups() =>
    [
        .. All.GroupBy(type => type.Group).Select(group =>
            (group.Key, (IReadOnlyList<string>)[.. group.Select(type => type.Version).Distinct().Order(KubeVersion.MostPreferredFirst)])),
    ];

    public IReadOnlyList<ResourceType> In(string group, string version) => [.. All.Where(type => type.Group == group && type.Version == version)];

    public void Serve(IEnumerable<ResourceType> custom)
    {
        Volatile.Write(ref _custom, [.. custom]);
        Interlocked.Increment(ref _generation);
    }
}
