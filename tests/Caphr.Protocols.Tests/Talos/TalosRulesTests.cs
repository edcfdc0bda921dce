using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;
using Mode = Caphr.Protocols.Talos.Wire.Machine.ApplyConfigurationRequest.Types.Mode;

namespace Caphr.Protocols.Tests.Talos;

public sealed class TalosRulesTests
{
    [Theory]
    [InlineData("v1.9.0", TalosGeneration.UpTo112)]
    [InlineData("v1.12.99", TalosGeneration.UpTo112)]
    [InlineData("v1.13.0-alpha.1", TalosGeneration.V113)]
    [InlineData("v1.14.0", TalosGeneration.From114)]
    [InlineData("v2.0.0", TalosGeneration.From114)]
    [InlineData("v0.14.0", TalosGeneration.UpTo112)]
    public void Every_version_speaks_the_API_of_one_generation(string version, TalosGeneration generation) =>
        Assert.Equal(generation, TalosVersion.Parse(version).Generation);

    /// <summary>The matrix of what is served in maintenance, written out: a call that is not named here is refused.</summary>
    [Theory]
    [InlineData(TalosGeneration.UpTo112, GrpcStatusCode.Unimplemented, new[] { TalosCall.ReadState, TalosCall.ApplyConfiguration, TalosCall.Disks })]
    [InlineData(TalosGeneration.V113, GrpcStatusCode.PermissionDenied, new[] { TalosCall.ReadState, TalosCall.ApplyConfiguration, TalosCall.Disks, TalosCall.Version, TalosCall.ServiceList })]
    [InlineData(TalosGeneration.From114, GrpcStatusCode.PermissionDenied, new[] { TalosCall.ReadState, TalosCall.ApplyConfiguration, TalosCall.Disks, TalosCall.Version, TalosCall.ServiceList })]
    public void In_maintenance_these_calls_are_open_to_anyone_and_no_others(TalosGeneration generation, GrpcStatusCode otherwise, TalosCall[] open)
    {
        // These ask for an etcd that is not there, which is another refusal from 1.13 on.
        TalosCall[] etcd = generation == TalosGeneration.UpTo112 ? [] : [TalosCall.EtcdMemberList, TalosCall.EtcdStatus];
        foreach (var call in Enum.GetValues<TalosCall>())
        {
            CallRule expected = open.Contains(call) ? new CallRule.Allowed(LeastRole: null)
                : new CallRule.Refused(etcd.Contains(call) ? GrpcStatusCode.FailedPrecondition : otherwise);
            Assert.Equal((call, expected), (call, TalosRules.For(call, generation, TalosMode.Maintenance)));
        }
    }

    [Theory]
    [InlineData(TalosRole.Reader, new[] { TalosCall.ReadState, TalosCall.Version, TalosCall.Disks, TalosCall.ServiceList, TalosCall.EtcdMemberList, TalosCall.EtcdStatus })]
    [InlineData(TalosRole.Operator, new[] { TalosCall.Reboot })]
    [InlineData(TalosRole.MetaWriter, new[] { TalosCall.MetaWrite })]
    [InlineData(TalosRole.Admin, new[] { TalosCall.ApplyConfiguration, TalosCall.Reset, TalosCall.Upgrade, TalosCall.EtcdLeaveCluster, TalosCall.EtcdRemoveMember })]
    public void A_secured_node_of_any_generation_asks_for_the_least_role(TalosRole role, TalosCall[] calls)
    {
        foreach (var generation in Enum.GetValues<TalosGeneration>())
            Assert.Equal(calls, Enum.GetValues<TalosCall>().Where(call => TalosRules.For(call, generation, TalosMode.Secured) == new CallRule.Allowed(role)).OrderBy(call => Array.IndexOf(calls, call)));
    }

    [Fact]
    public void No_apply_asks_for_a_reboot_and_each_names_a_mode_its_release_knows()
    {
        foreach (var generation in Enum.GetValues<TalosGeneration>())
        {
            Assert.Equal(generation == TalosGeneration.UpTo112 ? Mode.Auto : Mode.NoReboot, TalosRules.ApplyMode(generation, TalosMode.Maintenance));
            Assert.Equal(Mode.NoReboot, TalosRules.ApplyMode(generation, TalosMode.Secured));
        }
    }

    [Fact]
    public void Only_Robot_restarts_a_node_in_maintenance_and_only_a_power_cycle_leads_to_the_firmware()
    {
        foreach (var generation in Enum.GetValues<TalosGeneration>())
        {
            foreach (var purpose in Enum.GetValues<RestartPurpose>())
                Assert.IsType<RestartOrder.RobotReset>(TalosRules.Restart(generation, TalosMode.Maintenance, purpose));
            Assert.Equal(new RestartOrder.InBand(RebootMode.PowerCycle, TalosRole.Operator), TalosRules.Restart(generation, TalosMode.Secured, RestartPurpose.ThroughFirmware));
            Assert.Equal(new RestartOrder.InBand(RebootMode.Default, TalosRole.Operator), TalosRules.Restart(generation, TalosMode.Secured, RestartPurpose.SameSystem));
        }
    }
}
