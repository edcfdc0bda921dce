using Caphr.Lab.World;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Lab.Talos;

/// <summary>The Etcd calls of MachineService.</summary>
internal static class LabEtcdService
{
    public static Task ListMembersAsync(NodeSession session, LabGrpcCall call) => LabMachineService.AnswerAsync(call, EtcdMemberListRequest.Parser, _ =>
    {
        if (Refusal(session) is { } refusal) return refusal;
        var list = new EtcdMembers();
        list.Members.AddRange(ClusterOf(session).Members.Select(member => new EtcdMember { Id = member.Id, Hostname = member.Hostname, PeerUrls = { member.PeerUrl } }));
        return LabAnswer.Of(new EtcdMemberListResponse { Messages = { list } });
    });

    public static Task StatusAsync(NodeSession session, LabGrpcCall call) => LabMachineService.AnswerAsync(call, Empty.Parser, _ =>
    {
        if (Refusal(session) is { } refusal) return refusal;
        return LabAnswer.Of(new EtcdStatusResponse
        {
            // The oldest member leads, as nobody here ever loses an election.
            Messages = { new EtcdStatus { MemberStatus = new EtcdMemberStatus { MemberId = IdOf(session), Leader = ClusterOf(session).Members[0].Id } } },
        });
    });

    public static Task LeaveAsync(NodeSession session, LabGrpcCall call) => LabMachineService.AnswerAsync(
        call, EtcdLeaveClusterRequest.Parser, _ => Remove(session, IdOf(session)) ?? LabAnswer.Of(new EtcdLeaveClusterResponse { Messages = { new EtcdLeaveCluster() } }));

    public static Task RemoveAsync(NodeSession session, LabGrpcCall call) => LabMachineService.AnswerAsync(
        call, EtcdRemoveMemberByIDRequest.Parser, request => Remove(session, request.MemberId) ?? LabAnswer.Of(new EtcdRemoveMemberByIDResponse { Messages = { new EtcdRemoveMemberByID() } }));

    private static LabAnswer? Remove(NodeSession session, ulong id)
    {
        if (Refusal(session) is { } refusal) return refusal;
        if (ClusterOf(session).Remove(id) is not { } why) return null;
        return new GrpcStatus(why.Contains("not found", StringComparison.Ordinal) ? GrpcStatusCode.NotFound : GrpcStatusCode.FailedPrecondition, why);
    }

    private static GrpcStatus? Refusal(NodeSession session)
    {
        if (session.Configuration is not { } configuration || !NodeStatus.IsControlPlane(configuration))
            return new GrpcStatus(GrpcStatusCode.FailedPrecondition, "etcd is only available on control plane nodes");
        return session.Server.Running is RunningSystem.TalosConfigured { Ready: true } && ClusterOf(session).Members.Any(member => member.Id == IdOf(session))
            ? null
            : new GrpcStatus(GrpcStatusCode.Unavailable, "etcd is not running");
    }

    private static ulong IdOf(NodeSession session) => (ulong)session.Server.Number;

    private static LabEtcd.Cluster ClusterOf(NodeSession session) => session.Around.Etcd.Of(session.Authority!.Certificate.Thumbprint);
}
