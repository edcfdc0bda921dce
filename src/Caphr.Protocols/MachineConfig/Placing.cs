using Caphr.Protocols.MachineConfig.Yaml;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>A fact on its way into a configuration: the documents so far, and what became of each part of it. After a refusal nothing more is written.</summary>
internal sealed record Placing(ConfigurationDocuments Documents)
{
    public const string Masked = "•••";

    private const string Known = "known from the hardware";

    public IReadOnlyList<Placement> Placements { get; init; } = [];

    public bool IsRefused => Placements.Any(placement => placement.Result == PlacementResult.Refused);

    public Placing Keep(string key, string value, string reason) => With(new Placement(key, PlacementResult.Kept, value, reason));

    public Placing Keep(Spot spot, string because) => Keep(spot.Key, ValueAt(spot), $"the configuration sets {because}");

    public Placing Refuse(string key, string reason) => With(new Placement(key, PlacementResult.Refused, "", reason));

    public bool Says(Spot spot) => !Find(spot).IsNothing();

    /// <summary>Writes a value, unless the configuration says something there, or in one of the other places where it may be said.</summary>
    public Placing Put(Spot at, YamlValue value, params IReadOnlyList<Spot> orElse)
    {
        foreach (var spot in (IEnumerable<Spot>)[at, .. orElse])
        {
            if (!Find(spot).IsNothing()) return Keep(at.Key, ValueAt(spot) is { Length: > 0 } said ? said : ValueAt(at), $"the configuration sets {spot.Key}");
        }

        return Edit(at.Key, Shown(value), YamlEdit.Insert(Documents.Text, Root(at)!, at.Path, value));
    }

    /// <summary>Writes a value where the caller has found nothing. <paramref name="under"/> is a mapping of these very documents.</summary>
    public Placing Insert(string key, YamlMappingNode under, string[] path, YamlValue value) =>
        Edit(key, Shown(value), YamlEdit.Insert(Documents.Text, under, path, value));

    /// <summary>Adds items to a list that may or may not be there yet. <paramref name="under"/> is a mapping of these very documents.</summary>
    public Placing Add(string key, YamlMappingNode under, string[] path, YamlValue.List items)
    {
        if (IsRefused) return this;
        var there = under.Find(path);
        if (there.IsNothing()) return Edit(key, Shown(items), YamlEdit.Insert(Documents.Text, under, path, items));
        if (there is not YamlSequenceNode list) return Refuse(key, $"{string.Join('.', path)} is not a list");
        var parent = path.Length == 1 ? under : (YamlMappingNode)under.Find(path.AsSpan(..^1))!;
        return Edit(key, Shown(items), YamlEdit.AddItems(Documents.Text, parent, list, items, YamlEdit.IndentOf(Documents.Main)));
    }

    /// <summary>Adds a document of its own, with the head that Talos wants.</summary>
    public Placing Append(string kind, string? name, params IReadOnlyList<(string Key, YamlValue Value)> body)
    {
        if (IsRefused) return this;
        var head = new List<(string, YamlValue)> { ("apiVersion", new YamlValue.Word("v1alpha1")), ("kind", new YamlValue.Word(kind)) };
        if (name is not null) head.Add(("name", YamlValue.Of(name)));
        return Edit(Spot.In(kind, name).Key, string.Join(", ", body.Select(entry => $"{entry.Key}: {Shown(entry.Value)}")), YamlEdit.Append(Documents.Text, YamlValue.Of([.. head, .. body])));
    }

    /// <summary>Puts another entry in the place of one that holds a scalar.</summary>
    public Placing ReplaceEntry(Spot old, string newKey, YamlValue value) =>
        Edit($"{old.Document} {newKey}", Shown(value), YamlEdit.ReplaceEntry(Documents.Text, Parent(old)!, old.Path[^1], newKey, value));

    /// <summary>Writes a secret, over another one if need be. It is never shown.</summary>
    public Placing PutSecret(Spot at, string secret, string because)
    {
        if (ValueAt(at) == secret) return Keep(at.Key, Masked, "the configuration has the same");
        var edited = Find(at) switch
        {
            YamlScalarNode scalar when !scalar.IsNothing() => YamlEdit.Replace(Documents.Text, Parent(at)!, scalar, YamlValue.Of(secret)),
            _ => YamlEdit.Insert(Documents.Text, Root(at)!, at.Path, YamlValue.Of(secret)),
        };
        return Edit(at.Key, Masked, edited, because);
    }

    public string ValueAt(Spot spot) => Find(spot) switch
    {
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlSequenceNode list => string.Join(", ", list.Children.OfType<YamlScalarNode>().Select(item => item.Value)),
        _ => "",
    };

    private Placing Edit(string key, string value, Edited edited, string because = Known)
    {
        if (IsRefused) return this;
        if (edited.Text is null) return Refuse(key, edited.Refusal!);
        return ConfigurationDocuments.Parse(edited.Text).TryGet(out var documents, out _)
            ? (this with { Documents = documents }).With(new Placement(key, PlacementResult.Placed, value, because))
            : Refuse(key, "the configuration is written in a way that nothing can be added to safely");
    }

    private Placing With(Placement placement) => this with { Placements = [.. Placements, placement] };

    private YamlMappingNode? Root(Spot spot) => spot.Kind is null ? Documents.Main : Documents.Document(spot.Kind, spot.Name);

    private YamlNode? Find(Spot spot) => Root(spot)?.Find(spot.Path);

    private YamlMappingNode? Parent(Spot spot) => spot.Path.Length == 1 ? Root(spot) : Root(spot)?.Find(spot.Path.AsSpan(..^1)) as YamlMappingNode;

    private static string Shown(YamlValue value) => value switch
    {
        YamlValue.Text text => text.Value,
        YamlValue.List list => string.Join(", ", list.Items.Select(Shown)),
        _ => value.Flow(),
    };
}
