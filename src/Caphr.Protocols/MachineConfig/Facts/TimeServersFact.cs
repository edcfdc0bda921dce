using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class TimeServersFact : IHardwareFact
{
    private const string Kind = "TimeSyncConfig";

    private static readonly Spot s_legacy = Spot.Main("machine", "time", "servers");
    private static readonly Spot s_document = Spot.In(Kind, null, "ntp", "servers");

    public string Name => "time servers";

    public string From => "Hetzner's own, where the template names none";

    public string Why => "Certificates are checked against the clock, and Hetzner's servers answer from its own network.";

    public string Target(TalosVersion version) => version.HasNetworkDocuments ? Kind : "machine.time.servers";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.TimeServers.Count == 0) return placing;
        var servers = YamlValue.Of(facts.TimeServers);

        if (documents.Document(Kind) is { } own)
        {
            return own.Text("enabled") == "false" || !own.Find("ptp").IsNothing()
                ? placing.Keep(s_document.Key, "", $"the configuration keeps time its own way in {Kind}")
                : placing.Put(s_document, servers, s_legacy);
        }

        if (documents.Main.Text("machine", "time", "disabled") == "true") return placing.Keep(s_legacy.Key, "", "the configuration switches time synchronisation off");
        // Talos takes no TimeSyncConfig beside settings of the old kind.
        return !version.HasNetworkDocuments || !documents.Main.Find("machine", "time").IsNothing()
            ? placing.Put(s_legacy, servers)
            : placing.Append(Kind, null, ("ntp", servers.Under(["servers"])));
    }
}
