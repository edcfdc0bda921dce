using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Types;

/// <summary>What is served right now: the built-in kinds and those of the CRDs. Read without a lock; replaced whole.</summary>
internal sealed class TypeRegistry
{
    private ImmutableList<ResourceType> _custom = [];
    private Dictionary<(string Uid, long Generation), IReadOnlyList<ResourceType>> _read = [];
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

    /// <summary>Not to be called twice at once.</summary>
    public void Serve(IEnumerable<JsonObject> definitions)
    {
        var read = new Dictionary<(string Uid, long Generation), IReadOnlyList<ResourceType>>();
        foreach (var definition in definitions)
        {
            // A definition that says the same as before keeps its types: what was shaped by them need not be looked at again.
            var spec = (definition.Uid(), definition.Generation());
            read[spec] = _read.GetValueOrDefault(spec) ?? [.. CustomDefinition.Types(definition)];
        }

        _read = read;
        Volatile.Write(ref _custom, [.. read.Values.SelectMany(types => types)]);
        Interlocked.Increment(ref _generation);
    }
}
