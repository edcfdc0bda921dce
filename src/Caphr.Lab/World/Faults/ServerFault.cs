namespace Caphr.Lab.World.Faults;

/// <summary>What goes wrong with a server, or is odd about it. How long each lasts is told by <see cref="FaultSpans"/>.</summary>
public enum ServerFault
{
    /// <summary>The network boot takes the order, and no rescue system ever comes up.</summary>
    RescueNeverBoots,

    /// <summary>The network boot takes the order, then the machine restarts by itself and finds no order any more.</summary>
    RescueBootFails,

    /// <summary>The disk comes first in the boot order: an order for the rescue system stays where it is.</summary>
    NetworkBootSkipped,

    /// <summary>Where the rescue system was to come up, somebody else's Linux answers.</summary>
    ForeignSystem,

    /// <summary>The rescue system knows other keys than those ordered, as when a key was changed on the way.</summary>
    OldKeys,

    /// <summary>The self test never ends.</summary>
    SelfTestHangs,

    /// <summary>The firmware hangs on a boot entry of its own that leads to a disk with nothing to boot.</summary>
    DeadEntryHangs,

    /// <summary>The firmware takes an old Linux, on whichever disk, before what was installed.</summary>
    OldSystemPreferred,

    /// <summary>The firmware takes no boot entries.</summary>
    EntriesRefused,

    /// <summary>A reset is accepted, and nothing happens.</summary>
    ResetSilent,

    /// <summary>A reset is carried out, and its answer is lost.</summary>
    ResetReplyLost,

    /// <summary>The reset button starts a server that was shut off, which most do not.</summary>
    ResetStartsShutOff,

    /// <summary>The power fails for half a minute; then the server boots by itself.</summary>
    PowerLost,

    /// <summary>The cable is out: nothing reaches the server, and it boots nothing from the network.</summary>
    NetworkDetached,

    /// <summary>The SSH connection is cut in the middle of an answer.</summary>
    SshCut,

    /// <summary>SSH connections are reset before a word is said.</summary>
    SshResets,

    /// <summary>SSH connections are taken, and nothing is ever said.</summary>
    SshSilent,

    /// <summary>The first disk is replaced by an empty one of the same model: other serial, other WWN.</summary>
    DiskSwapped,

    /// <summary>The first disk takes no write and boots nothing.</summary>
    DiskDead,

    /// <summary>Everything written takes ten times as long.</summary>
    SlowDisk,

    /// <summary>The disk refuses a write when the image is nearly there.</summary>
    ImageWriteFails,

    /// <summary>The disks have no WWN yet when they are looked at, as before udev has settled.</summary>
    WwnsMissing,

    /// <summary>What was on the first disk holds it open and does not let go.</summary>
    DiskHeld,

    /// <summary>After a wipe a label can still be read: discarding alone did not reach it.</summary>
    WipeLeavesLabels,

    /// <summary>The last disk carries a member of a software RAID.</summary>
    LeftoverRaid,

    /// <summary>The last disk carries a volume group.</summary>
    LeftoverVolumeGroup,

    /// <summary>The last disk carries Ceph's data.</summary>
    LeftoverCeph,

    /// <summary>The last disk carries an old Linux, which boots when nothing before it does.</summary>
    OldSystemOnDisk,

    /// <summary>The first disk carries an old Talos with the configuration of another cluster.</summary>
    StaleTalos,

    /// <summary>The mainboard was replaced: other MAC address, other system UUID, the same number.</summary>
    BoardSwapped,

    /// <summary>The network card has a second port, and it has a link.</summary>
    SecondPort,
}
