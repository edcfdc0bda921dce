using System.Text.RegularExpressions;
using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed partial class HostnameFact : IHardwareFact
{
    private const string Kind = "HostnameConfig";

    private static readonly Spot s_legacy = Spot.Main("machine", "network", "hostname");

    public string Name => "host name";

    public string From => "role, data centre and server number, as <role>-<dc>-<number>; not placed where the cluster does not wish it";

    public string Why => "The node's name should lead to the box. Talos' own name for a machine (auto: stable) tells nothing.";

    public string Target(TalosVersion version) => version.HasNetworkDocuments ? "HostnameConfig, in the place of auto: stable" : "machine.network.hostname";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.Hostname is not { } name) return placing;
        if (!Pattern().IsMatch(name)) return placing.Refuse(Name, "the name is no host name");

        // An older configuration says "stable" its own way, and Talos takes no HostnameConfig beside it.
        var isOld = !version.HasNetworkDocuments || documents.Main.Text("machine", "features", "stableHostname") == "true" || placing.Says(s_legacy);
        if (isOld) return placing.Put(s_legacy, YamlValue.Of(name));

        if (documents.Document(Kind) is not { } document) return placing.Append(Kind, null, ("hostname", YamlValue.Of(name)));
        if (document.Text("hostname").Length > 0) return placing.Keep(Spot.In(Kind, null, "hostname"), $"{Kind} hostname");
        return document.Text("auto") == "stable"
            ? placing.ReplaceEntry(Spot.In(Kind, null, "auto"), "hostname", YamlValue.Of(name))
            : placing.Keep($"{Kind} hostname", "", $"the configuration sets {Kind} auto: {document.Text("auto")}");
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")]
    private static partial Regex Pattern();
}
