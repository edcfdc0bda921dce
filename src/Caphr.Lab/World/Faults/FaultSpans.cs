namespace Caphr.Lab.World.Faults;

/// <summary>How long a fault of a server lasts.</summary>
public enum FaultSpan
{
    /// <summary>It happens, and what it did stays.</summary>
    Event,

    /// <summary>It waits for its occasion and strikes once.</summary>
    Once,

    /// <summary>Until somebody heals it.</summary>
    Lasting,
}

public static class FaultSpans
{
    public static FaultSpan Of(ServerFault fault) => fault switch
    {
        ServerFault.PowerLost or ServerFault.DiskSwapped or ServerFault.BoardSwapped => FaultSpan.Event,
        ServerFault.LeftoverRaid or ServerFault.LeftoverVolumeGroup or ServerFault.LeftoverCeph => FaultSpan.Event,
        ServerFault.OldSystemOnDisk or ServerFault.StaleTalos => FaultSpan.Event,
        ServerFault.RescueBootFails or ServerFault.ResetSilent or ServerFault.ResetReplyLost => FaultSpan.Once,
        ServerFault.SshCut or ServerFault.ImageWriteFails or ServerFault.WwnsMissing or ServerFault.WipeLeavesLabels => FaultSpan.Once,
        ServerFault.RescueNeverBoots or ServerFault.NetworkBootSkipped or ServerFault.ForeignSystem or ServerFault.OldKeys => FaultSpan.Lasting,
        ServerFault.SelfTestHangs or ServerFault.DeadEntryHangs or ServerFault.OldSystemPreferred or ServerFault.EntriesRefused => FaultSpan.Lasting,
        ServerFault.ResetStartsShutOff or ServerFault.NetworkDetached or ServerFault.SshResets or ServerFault.SshSilent => FaultSpan.Lasting,
        ServerFault.DiskDead or ServerFault.SlowDisk or ServerFault.DiskHeld or ServerFault.SecondPort => FaultSpan.Lasting,
    };
}
