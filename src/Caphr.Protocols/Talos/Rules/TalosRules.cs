using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Protocols.Talos.Rules;

/// <summary>
/// What may be called on a node, by whom and how: one table over (call, generation, mode). Pure, and held against the Lab's nodes by a
/// test that makes every call in every generation and mode.
/// </summary>
public static class TalosRules
{
    public static CallRule For(TalosCall call, TalosGeneration generation, TalosMode mode) => (mode, generation, call) switch
    {
        (TalosMode.Secured, _, _) => new CallRule.Allowed(LeastRole(call)),

        // Nobody has a certificate yet: what there is, is open to anyone.
        (_, _, TalosCall.ReadState or TalosCall.ApplyConfiguration or TalosCall.Disks) => new CallRule.Allowed(LeastRole: null),
        (_, TalosGeneration.UpTo112, _) => new CallRule.Refused(GrpcStatusCode.Unimplemented),
        (_, _, TalosCall.Version or TalosCall.ServiceList) => new CallRule.Allowed(LeastRole: null),

        // A reader may ask, and there is no etcd that could answer.
        (_, _, TalosCall.EtcdMemberList or TalosCall.EtcdStatus) => new CallRule.Refused(GrpcStatusCode.FailedPrecondition),
        _ => new CallRule.Refused(GrpcStatusCode.PermissionDenied),
    };

    public static TalosRole LeastRole(TalosCall call) => call switch
    {
        TalosCall.ReadState or TalosCall.Version or TalosCall.Disks or TalosCall.ServiceList or TalosCall.EtcdMemberList or TalosCall.EtcdStatus
            => TalosRole.Reader,
        TalosCall.Reboot => TalosRole.Operator,
        TalosCall.MetaWrite => TalosRole.MetaWriter,
        TalosCall.ApplyConfiguration or TalosCall.Reset or TalosCall.Upgrade or TalosCall.EtcdLeaveCluster or TalosCall.EtcdRemoveMember
            => TalosRole.Admin,
    };

    /// <summary>
    /// The mode an apply names. Left out it would be REBOOT, and CAPHR never wants one: Talos is on the disk already, and a reboot of its
    /// choice is a kexec that nobody counted. Up to 1.12 the maintenance service knows REBOOT, AUTO and TRY, and its AUTO does not reboot an
    /// installed node. In 1.13 maintenance REBOOT would silently become NO_REBOOT; in 1.14 it is refused outside of maintenance.
    /// </summary>
    public static ApplyConfigurationRequest.Types.Mode ApplyMode(TalosGeneration generation, TalosMode mode) => (generation, mode) switch
    {
        (TalosGeneration.UpTo112, TalosMode.Maintenance) => ApplyConfigurationRequest.Types.Mode.Auto,
        _ => ApplyConfigurationRequest.Types.Mode.NoReboot,
    };

    /// <summary>
    /// A node in maintenance cannot be restarted over its API in any release. One with a configuration can, and whoever wants its next boot
    /// to honour a rescue order has to ask for a power cycle: the default goes by kexec, past the firmware.
    /// </summary>
    public static RestartOrder Restart(TalosGeneration generation, TalosMode mode, RestartPurpose purpose) => (For(TalosCall.Reboot, generation, mode), purpose) switch
    {
        (CallRule.Allowed { LeastRole: { } role }, RestartPurpose.ThroughFirmware) => new RestartOrder.InBand(RebootMode.PowerCycle, role),
        (CallRule.Allowed { LeastRole: { } role }, RestartPurpose.SameSystem) => new RestartOrder.InBand(RebootMode.Default, role),
        _ => new RestartOrder.RobotReset(),
    };
}
