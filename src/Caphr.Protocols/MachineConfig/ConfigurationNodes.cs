using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>Reading a configuration as Talos does.</summary>
public static class ConfigurationNodes
{
    private const int DeepestMerge = 4;

    /// <summary>The value below a path of keys, through merges (<c>&lt;&lt;</c>) as Talos reads them, or null.</summary>
    public static YamlNode? Find(this YamlMappingNode mapping, params ReadOnlySpan<string> path)
    {
        YamlNode? node = mapping;
        foreach (var key in path)
        {
            node = node is YamlMappingNode step ? Child(step, key) : null;
            if (node is null) return null;
        }

        return node;
    }

    /// <summary>The text below a path of keys, or nothing where there is none or something else.</summary>
    public static string Text(this YamlMappingNode mapping, params ReadOnlySpan<string> path) => (mapping.Find(path) as YamlScalarNode)?.Value ?? "";

    /// <summary>The mappings in the list below a path of keys; none where there is no list.</summary>
    public static IReadOnlyList<YamlMappingNode> Items(this YamlMappingNode mapping, params ReadOnlySpan<string> path) =>
        mapping.Find(path) is YamlSequenceNode list ? [.. list.Children.OfType<YamlMappingNode>()] : [];

    /// <summary>The texts in the list below a path of keys; none where there is no list.</summary>
    public static IReadOnlyList<string> Texts(this YamlMappingNode mapping, params ReadOnlySpan<string> path) =>
        mapping.Find(path) is YamlSequenceNode list ? [.. list.Children.OfType<YamlScalarNode>().Select(item => item.Value ?? "")] : [];

    /// <summary>Nothing there: no key, an empty value, or an explicit null.</summary>
    public static bool IsNothing(this YamlNode? node) =>
        node is null or YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private static YamlNode? Child(YamlMappingNode mapping, string key, int merges = 0)
    {
        if (mapping.Children.TryGetValue(new YamlScalarNode(key), out var own)) return own;
        // A mapping may be merged into itself.
        if (merges == DeepestMerge || !mapping.Children.TryGetValue(new YamlScalarNode("<<"), out var merged)) return null;
        IEnumerable<YamlNode> sources = merged is YamlSequenceNode several ? several : [merged];
        return sources.OfType<YamlMappingNode>().Select(source => Child(source, key, merges + 1)).FirstOrDefault(found => found is not null);
    }
}
