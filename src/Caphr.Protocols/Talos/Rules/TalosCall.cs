namespace Caphr.Protocols.Talos.Rules;

/// <summary>The calls of the Talos API that CAPHR knows, as far as they differ in who may make them.</summary>
public enum TalosCall
{
    /// <summary>COSI Get, List and Watch of what is not sensitive.</summary>
    ReadState,
    Version,
    ApplyConfiguration,
    Disks,
    ServiceList,
    Reboot,
    Reset,
    Upgrade,
    MetaWrite,
    EtcdMemberList,
    EtcdStatus,
    EtcdLeaveCluster,
    EtcdRemoveMember,
}
