using Caphr.Lab.World;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Lab.Talos;

/// <summary>The Etcd calls of MachineService.</summary>
internal static class LabEtcdService
{
    public static Task ListMembersAsync(TalosNode node, NodeCall call) => LabMachineService.AnswerAsync(call, EtcdMemberListRequest.Parser, _ =>
    {
        if (Refusal(node) is { } refusal) return refusal;
        var list = new EtcdMembers();
        list.Members.AddRange(ClusterOf(node).Members.Select(member => new EtcdMember { Id = member.Id, Hostname = member.Hostname, PeerUrls = { member.PeerUrl } }));
        return LabAnswer.Of(new EtcdMemberListResponse { Messages = { list } });
    });

    public static Task StatusAsync(TalosNode node, NodeCall call) => LabMachineService.AnswerAsync(call, Empty.Parser, _ =>
    {
        if (Refusal(node) is { } refusal) return refusal;
        return LabAnswer.Of(new EtcdStatusResponse
        {
            // The oldest member leads, as nobody here ever loses an election.
            Messages = { new EtcdStatus { MemberStatus = new EtcdMemberStatus { MemberId = IdOf(node), Leader = ClusterOf(node).Members[0].Id } } },
        });
    });

    public static Task LeaveAsync(TalosNode node, NodeCall call) => LabMachineService.AnswerAsync(
        call, EtcdLeaveClusterRequest.Parser, _ => Remove(node, IdOf(node)) ?? LabAnswer.Of(new EtcdLeaveClusterResponse { Messages = { new EtcdLeaveCluster() } }));

    public static Task RemoveAsync(TalosNode node, NodeCall call) => LabMachineService.AnswerAsync(
        call, EtcdRemoveMemberByIDRequest.Parser, request => Remove(node, request.MemberId) ?? LabAnswer.Of(new EtcdRemoveMemberByIDResponse { Messages = { new EtcdRemoveMemberByID() } }));

    private static LabAnswer? Remove(TalosNode node, ulong id)
    {
        if (Refusal(node) is { } refusal) return refusal;
        if (ClusterOf(node).Remove(id) is not { } why) return null;
        return new GrpcStatus(why.Contains("not found", StringComparison.Ordinal) ? GrpcStatusCode.NotFound : GrpcStatusCode.FailedPrecondition, why);
    }

    private static GrpcStatus? Refusal(TalosNode node)
    {
        if (node.Configuration is not { } configuration || !NodeStatus.IsControlPlane(configuration))
            return new GrpcStatus(GrpcStatusCode.FailedPrecondition, "etcd is only available on control plane nodes");
        return node.Server.Running is RunningSystem.TalosConfigured { Ready: true } && ClusterOf(node).Members.Any(member => member.Id == IdOf(node))
            ? null
            : new GrpcStatus(GrpcStatusCode.Unavailable, "etcd is not running");
    }

    private static ulong IdOf(TalosNode node) => (ulong)node.Server.Number;

    private static LabEtcd.Cluster ClusterOf(TalosNode node) => node.Around.Etcd.Of(node.Authority!.Certificate.Thumbprint);
}
