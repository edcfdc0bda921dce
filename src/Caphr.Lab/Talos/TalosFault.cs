namespace Caphr.Lab.Talos;

/// <summary>What goes wrong with Talos nodes in the field, each to be switched on for one server.</summary>
public enum TalosFault
{
    /// <summary>The API's certificate does not name the address it is served at, as on a node that was just booted or re-addressed.</summary>
    CertificateWithoutAddress,

    /// <summary>Every watch is cut by a reset of its stream as soon as it stands.</summary>
    WatchCut,

    /// <summary>A configuration is taken with OK, and nothing comes of it.</summary>
    ApplyWithoutEffect,

    /// <summary>Somebody else's configuration is being applied, for as long as the fault stands.</summary>
    ApplyBusy,

    /// <summary>Talos sees other serial numbers than the rescue system did: the disks were swapped, or this is another server.</summary>
    OtherDisks,

    /// <summary>An old Talos on a disk before the one that was installed: Talos takes the first META it finds for its own.</summary>
    StaleMeta,

    /// <summary>The node calls itself something else than its configuration says.</summary>
    HostnameDrift,

    /// <summary>The node came up at another address: at the one that is known nobody listens.</summary>
    AddressMoved,

    /// <summary>The node's clock is an hour behind: our certificates are not valid yet there.</summary>
    ClockBehind,

    /// <summary>The node waits for a time source and says so: it stays booting.</summary>
    TimeNotInSync,

    /// <summary>The STATE partition is lost: the next boot comes up in maintenance.</summary>
    StateLost,

    /// <summary>The kernel cannot kexec: a default reboot goes through the firmware, and an order for the rescue system is honoured.</summary>
    KexecUnavailable,
}
