namespace Caphr.Protocols.Talos.Calls;

/// <summary>
/// What a reset takes away from the system disk. Each named partition is wiped and deleted; none named means the whole disk. Talos wipes
/// beginnings and ends only, so this is no secure erase.
/// </summary>
public sealed record ResetOrder
{
    /// <summary>Back to maintenance, with the boot loader and META as they are.</summary>
    public static readonly ResetOrder Configuration = new() { Partitions = ["STATE", "EPHEMERAL"] };

    public IReadOnlyList<string> Partitions { get; init; } = [];

    /// <summary>Cordon, drain and leave etcd first. It needs a healthy cluster; without one it never ends.</summary>
    public bool Graceful { get; init; }

    public bool Reboot { get; init; } = true;
}
