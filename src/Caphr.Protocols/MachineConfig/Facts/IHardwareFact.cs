using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

/// <summary>
/// One thing that CAPHR knows about a server, and how it is said to Talos. Each fact is placed on its own and knows nothing of the
/// others, so their order does not matter.
/// </summary>
internal interface IHardwareFact
{
    string Name { get; }

    /// <summary>Where CAPHR knows it from.</summary>
    string From { get; }

    /// <summary>Why Talos has to be told.</summary>
    string Why { get; }

    /// <summary>Where it is written for this release, or null where the release has no place for it.</summary>
    string? Target(TalosVersion version);

    /// <summary>The documents with the fact in them; untouched, and without a placement, where the fact is not known.</summary>
    Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version);
}
