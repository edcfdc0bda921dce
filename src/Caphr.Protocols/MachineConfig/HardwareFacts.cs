namespace Caphr.Protocols.MachineConfig;

/// <summary>What only CAPHR knows about the server a configuration is for. What is null is not placed.</summary>
public sealed record HardwareFacts
{
    public InstallDisk? InstallDisk { get; init; }

    /// <summary>By which the Kubernetes node and the Machine find each other, for example <c>hetzner-robot://2938101</c>.</summary>
    public string? ProviderId { get; init; }
}

/// <summary>A disk by what stays the same when rescue and Talos give it different names.</summary>
public abstract record InstallDisk
{
    private InstallDisk() { }

    /// <summary>World-wide name as the rescue system's <c>lsblk</c> prints it (<c>eui.…</c>, <c>0x…</c>) or as Talos does (<c>naa.…</c>).</summary>
    public sealed record ByWwn(string Wwn) : InstallDisk;

    public sealed record BySerial(string Serial) : InstallDisk;

    /// <summary>A path that Talos knows too, best one below <c>/dev/disk/by-id</c>.</summary>
    public sealed record ByPath(string Path) : InstallDisk;
}
