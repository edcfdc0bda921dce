using System.Runtime.CompilerServices;
using Caphr.Protocols.MachineConfig;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>
/// The main documents of the configurations that nodes have. A node is asked for its own many times in its life, and thousands of nodes may
/// have the same; it is read once, and forgotten with its text.
/// </summary>
internal static class KnownConfigurations
{
    private static readonly ConditionalWeakTable<string, Main> s_known = [];

    /// <summary>Null where Talos would find no main document.</summary>
    public static YamlMappingNode? MainOf(string configuration) => s_known.GetValue(configuration, static text => new Main(ConfigurationDocuments.Parse(text))).Document;

    private sealed class Main(Protocols.Outcome<ConfigurationDocuments, MachineConfigFailure> parsed)
    {
        public YamlMappingNode? Document { get; } = parsed.TryGet(out var documents, out _) ? documents.Main : null;
    }
}
