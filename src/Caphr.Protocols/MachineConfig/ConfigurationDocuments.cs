using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>A machine configuration as text and as documents, and which of them is the main one.</summary>
public sealed class ConfigurationDocuments
{
    private const int DeepestNesting = 64;

    private ConfigurationDocuments(string text, YamlMappingNode main, IReadOnlyList<YamlMappingNode> others)
    {
        Text = text;
        Main = main;
        Others = others;
    }

    /// <summary>What was parsed, byte for byte. Holds secrets.</summary>
    public string Text { get; }

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
        catch (Exception exception) when (YamlTrouble.Is(exception))
        {
            var start = YamlTrouble.PlaceOf(exception);
            return new MachineConfigFailure(MachineConfigError.NotYaml, $"The configuration is no YAML (line {start.Line}, column {start.Column}).");
        }

        var roots = stream.Documents.Select(document => document.RootNode).ToList();
        for (var i = 0; i < roots.Count; i++)
        {
            if (IsPatch(roots[i]))
            {
                return new MachineConfigFailure(
                    MachineConfigError.PatchLeftOver,
                    $"Document {i + 1} is a JSON6902 patch (op, path, value) that nobody has applied. Talos knows no such document: from 1.12 on give strategic patches instead.");
            }
        }

        var documents = roots.OfType<YamlMappingNode>().ToList();
        var kinds = documents.ToLookup(document => document.Find("kind") is null);
        var unnamed = kinds[true].ToList();
        if (unnamed.Count == 0) return new MachineConfigFailure(MachineConfigError.NoMainDocument, "No document is the v1alpha1 configuration.");
        if (unnamed.Count > 1) return new MachineConfigFailure(MachineConfigError.SeveralMainDocuments, "More than one document has no kind.");
        if (unnamed[0].Find("version") is not YamlScalarNode { Value: "v1alpha1" })
            return new MachineConfigFailure(MachineConfigError.UnknownVersion, "The document without a kind does not say version: v1alpha1.");

        return new ConfigurationDocuments(text, unnamed[0], [.. kinds[false]]);
    }

    public IEnumerable<YamlMappingNode> OfKind(string kind) => Others.Where(document => document.Text("kind") == kind);

    /// <summary>The document of a kind; of those that have names, the one of this name.</summary>
    public YamlMappingNode? Document(string kind, string? name = null) =>
        OfKind(kind).FirstOrDefault(document => name is null || document.Text("name") == name);

    public override string ToString() => $"a machine configuration of {Others.Count + 1} documents";

    private static bool IsPatch(YamlNode root) => root switch
    {
        YamlSequenceNode { Children: [YamlMappingNode first, ..] } => IsPatch(first),
        YamlMappingNode mapping => mapping.Find("op") is YamlScalarNode && mapping.Find("path") is YamlScalarNode,
        _ => false,
    };

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
