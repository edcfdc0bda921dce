using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>The parsed documents of a machine configuration, and which of them is the main one.</summary>
public sealed class ConfigurationDocuments
{
    private const int DeepestNesting = 64;

    private ConfigurationDocuments(YamlMappingNode main, IReadOnlyList<YamlMappingNode> others)
    {
        Main = main;
        Others = others;
    }

    /// <summary>The v1alpha1 document, which the order of documents says nothing about.</summary>
    public YamlMappingNode Main { get; }

    /// <summary>The documents that name a kind.</summary>
    public IReadOnlyList<YamlMappingNode> Others { get; }

    public static Outcome<ConfigurationDocuments, MachineConfigFailure> Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            // Building nodes recurses; this pass does not, and stops a text that would exhaust the stack.
            if (IsTooDeep(text)) return new MachineConfigFailure(MachineConfigError.TooDeep, "The configuration is nested too deeply.");
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            return new MachineConfigFailure(MachineConfigError.NotYaml, $"The configuration is no YAML (line {exception.Start.Line}, column {exception.Start.Column}).");
        }

        var documents = stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>().ToList();
        var kinds = documents.ToLookup(document => document.Find("kind") is null);
        var unnamed = kinds[true].ToList();
        if (unnamed.Count == 0) return new MachineConfigFailure(MachineConfigError.NoMainDocument, "No document is the v1alpha1 configuration.");
        if (unnamed.Count > 1) return new MachineConfigFailure(MachineConfigError.SeveralMainDocuments, "More than one document has no kind.");
        if (unnamed[0].Find("version") is not YamlScalarNode { Value: "v1alpha1" })
            return new MachineConfigFailure(MachineConfigError.UnknownVersion, "The document without a kind does not say version: v1alpha1.");

        return new ConfigurationDocuments(unnamed[0], [.. kinds[false]]);
    }

    private static bool IsTooDeep(string text)
    {
        var depth = 0;
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
            depth += parser.Current?.NestingIncrease ?? 0;
            if (depth > DeepestNesting) return true;
        }

        return false;
    }
}

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
