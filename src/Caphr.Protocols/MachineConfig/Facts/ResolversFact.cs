using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class ResolversFact : IHardwareFact
{
    private const string Kind = "ResolverConfig";

    private static readonly string[] s_beside = ["nameservers", "searchDomains", "disableSearchDomain"];

    private static readonly Spot s_legacy = Spot.Main("machine", "network", "nameservers");
    private static readonly Spot s_document = Spot.In(Kind, null, "nameservers");

    public string Name => "resolvers";

    public string From => "Hetzner's own, where the template names none";

    public string Why => "A static address brings no resolvers with it, and a server without IPv4 cannot use Talos' defaults.";

    public string Target(TalosVersion version) => version.HasNetworkDocuments ? Kind : "machine.network.nameservers";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.Resolvers.Count == 0) return placing;

        // Talos takes no ResolverConfig beside any of these.
        var main = documents.Main;
        var isOld = !version.HasNetworkDocuments
            || s_beside.Any(key => !main.Find("machine", "network", key).IsNothing());
        if (isOld) return placing.Put(s_legacy, YamlValue.Of(facts.Resolvers), s_document);

        var items = new YamlValue.List([.. facts.Resolvers.Select(address => YamlValue.Of(("address", YamlValue.Of(address))))]);
        return documents.Document(Kind) is null ? placing.Append(Kind, null, ("nameservers", items)) : placing.Put(s_document, items, s_legacy);
    }
}
