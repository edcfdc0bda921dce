namespace Caphr.Actors.Servers;

/// <summary>
/// What to do to the world, as data. Derived from the state alone, so it is the same after a restart; it starts no earlier than
/// <see cref="NotBefore"/> and ends in exactly one <see cref="ServerInput.Heard"/> with its key, unless it is cancelled.
/// </summary>
public abstract record ServerEffect(EffectKey Key)
{
    public DateTimeOffset? NotBefore { get; init; }

    public sealed record LookUpServer(EffectKey Key, RobotAccess Robot) : ServerEffect(Key);

    public sealed record ArmRescue(EffectKey Key, RobotAccess Robot, Purpose Purpose) : ServerEffect(Key);

    /// <summary>Sees to it that a reset starts the server's own system, and asks whether its cluster can do without it meanwhile. Takes nothing down.</summary>
    public sealed record PrepareReset(EffectKey Key, RobotAccess Robot, QuorumQuestion? Quorum) : ServerEffect(Key);

    /// <summary>Costs one of fifty resets an hour of the whole account, and cuts whatever runs. Never repeated for a lost answer.</summary>
    /// <param name="Claim">Null for an inspection: the server is nobody's.</param>
    public sealed record PressReset(EffectKey Key, RobotAccess Robot, Purpose Purpose, ClaimId? Claim, WipeGuard Guard) : ServerEffect(Key)
    {
        /// <summary>For a control plane's node: its cluster must keep its quorum without it, asked last of all.</summary>
        public QuorumQuestion? Quorum { get; init; }
    }

    /// <summary>
    /// Tells the node to leave etcd, erase its own disk and restart through the firmware. Harmless to try, and no loss if it cannot be done: then the
    /// reset button is pressed.
    /// </summary>
    /// <param name="Erases">Not where the disk is not on record as ours: then the node is only restarted.</param>
    public sealed record DismissNode(EffectKey Key, string Address, ObjectName TalosSecrets, bool Erases, bool LeavesEtcd, ClaimId Claim, WipeGuard Guard) : ServerEffect(Key);

    /// <param name="Left">The host key of the rescue boot that is being left, if there was one.</param>
    public sealed record AwaitRescue(EffectKey Key, RobotAccess Robot, string Address, string? Left) : ServerEffect(Key);

    public sealed record ProveRescue(EffectKey Key, RobotAccess Robot, string Address, string HostKey) : ServerEffect(Key);

    /// <summary>Writes a disk. The agent on the server refuses unless boot, machine and disk are the ones named here.</summary>
    public sealed record InstallImage(EffectKey Key, RobotAccess Robot, string Address, RescueBoot Boot, DiskFacts Disk, Uri Image, ClaimId Claim, bool MayDestroyForeignData, WipeGuard Guard, int Attempt)
        : ServerEffect(Key);

    /// <param name="OrderIsSpent">The one order that this attempt gave was used up by the boot that is being left, so Robot need not be asked whether one stands.</param>
    public sealed record LeaveRescue(EffectKey Key, RobotAccess Robot, string Address, RescueBoot Boot, DiskFacts Disk, bool OrderIsSpent) : ServerEffect(Key);

    public sealed record AwaitTalos(EffectKey Key, string Address) : ServerEffect(Key);

    public sealed record ApplyConfiguration(
        EffectKey Key, string Address, MaintenanceTalos Talos, ObjectName Bootstrap, ObjectName TalosSecrets, DiskFacts Disk, RescueBoot Boot, string ProviderId, ServerRecord Record, NodePlan Node)
        : ServerEffect(Key);

    public sealed record AwaitNode(EffectKey Key, string Address, ObjectName TalosSecrets) : ServerEffect(Key);

    /// <summary>Erases the disk that we wrote. The agent on the server refuses unless boot, machine and disk are the ones named here.</summary>
    public sealed record WipeDisk(EffectKey Key, RobotAccess Robot, string Address, RescueBoot Boot, DiskFacts Disk, ClaimId Claim, bool MayDestroyForeignData, WipeGuard Guard) : ServerEffect(Key);
}
