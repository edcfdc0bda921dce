namespace Caphr.Lab.World.Deeds;

/// <summary>What somebody outside can do to the world.</summary>
public enum DeedKind
{
    OrderRescue,
    CancelRescue,
    PressReset,
    RebootInBand,
    OpenDisk,
    WriteDisk,
    WipeDisk,
    WipeDiskFully,
    EnterDisk,
    Configure,
    StoreConfiguration,
    ForgetConfiguration,
    UpgradeTalos,
    ResetTalos,
    BlockNetworkBoot,
    PlanFault,
    HealFault,
}

/// <summary>
/// One deed, at its hardware time. It holds nothing secret: neither the password of an order nor a machine configuration, as neither decides
/// what the hardware does.
/// </summary>
/// <param name="At">Hardware time since the world began.</param>
/// <param name="Server">Zero for what concerns no server alone.</param>
/// <param name="Kind">What was done.</param>
/// <param name="What">What it was done with, in words that belong to the kind.</param>
public sealed record Deed(TimeSpan At, int Server, DeedKind Kind, string What = "");
