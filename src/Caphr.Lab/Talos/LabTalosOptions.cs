using Caphr.Protocols.Talos;

namespace Caphr.Lab.Talos;

public sealed record LabTalosOptions
{
    /// <summary>The same on every server, as each has an address of its own.</summary>
    public int Port { get; init; } = TalosClient.DefaultPort;

    /// <summary>Clusters whose nodes the Lab can bring up although a worker's configuration has no CA key.</summary>
    public required LabAuthorities Authorities { get; init; }
}
