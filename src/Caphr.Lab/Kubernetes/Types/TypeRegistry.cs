using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Types;

/// <summary>What is served right now: the built-in kinds and those of the CRDs. Read without a lock; replaced whole.</summary>
internal sealed class TypeRegistry
{
    private Served _served;
    private int _generation;

    /// <param name="reading">Definitions that were read before; null: none are there.</param>
    public TypeRegistry(TypeReading? reading)
    {
        Reading = reading ?? new TypeReading();
        _served = new Served(Reading);
    }

    /// <summary>What the definitions say that are there now.</summary>
    public TypeReading Reading { get; private set; }

    /// <summary>Moves whenever what is served may have changed.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public IReadOnlyList<ResourceType> All => Volatile.Read(ref _served).All;

    public ResourceType? Find(string group, string version, string plural) => Volatile.Read(ref _served).Named.GetValueOrDefault((group, version, plural));

    /// <summary>Of the served versions of a stored kind the most preferred one.</summary>
    public ResourceType? Preferred(GroupResource resource) => Volatile.Read(ref _served).Preferred.GetValueOrDefault(resource);

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
        var reading = new TypeReading();
        foreach (var definition in definitions)
        {
            // A definition that says the same as before keeps its types: what was shaped by them need not be looked at again.
            var spec = (definition.Uid(), definition.Generation());
            reading[spec] = Reading.GetValueOrDefault(spec) ?? [.. CustomDefinition.Types(definition)];
        }

        Reading = reading;
        Volatile.Write(ref _served, new Served(reading));
        Interlocked.Increment(ref _generation);
    }

    private sealed class Served
    {
        public Served(TypeReading custom)
        {
            All = [.. BuiltInTypes.All, .. custom.Values.SelectMany(types => types)];
            foreach (var type in All) Named.TryAdd((type.Group, type.Version, type.Plural), type);
            foreach (var kind in All.GroupBy(type => type.GroupResource)) Preferred[kind.Key] = kind.MinBy(type => type.Version, KubeVersion.MostPreferredFirst)!;
        }

        public IReadOnlyList<ResourceType> All { get; }

        public Dictionary<(string Group, string Version, string Plural), ResourceType> Named { get; } = [];

        public Dictionary<GroupResource, ResourceType> Preferred { get; } = [];
    }
}

/// <summary>The types of each definition, by what it was when it was read.</summary>
internal sealed class TypeReading : Dictionary<(string Uid, long Generation), IReadOnlyList<ResourceType>>;
