using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class EphemeralSizeFact : IHardwareFact
{
    private const string Kind = "VolumeConfig";
    private const string Ephemeral = "EPHEMERAL";

    public string Name => "ephemeral size";

    public string From => "the machine's ephemeralSize";

    public string Why => "Talos takes the whole system disk otherwise, and nothing is left for data volumes.";

    public string Target(TalosVersion version) => $"{Kind}/{Ephemeral}";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.EphemeralSize is not { } size) return placing;
        if (!Sizes.IsSize(size)) return placing.Refuse(Name, "the size is not written like 100GiB");

        var spot = Spot.In(Kind, Ephemeral, "provisioning", "maxSize");
        return documents.Document(Kind, Ephemeral) is null
            ? placing.Append(Kind, Ephemeral, ("provisioning", YamlValue.Of(size).Under(["maxSize"])))
            : placing.Put(spot, YamlValue.Of(size));
    }
}
