using Caphr.Protocols.Talos.Rules;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Protocols.Talos.Calls;

/// <summary>The etcd of a control plane node, and through it the cluster's members.</summary>
public sealed class TalosEtcd
{
    private readonly TalosLine _line;
    private readonly TalosVersion _version;

    internal TalosEtcd(TalosLine line, TalosVersion version)
    {
        _line = line;
        _version = version;
    }

    public async Task<Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>> ListMembersAsync(CancellationToken cancellation)
    {
        var answer = await _line.CallAsync(TalosCall.EtcdMemberList, _version, TalosMethods.EtcdMemberList, new EtcdMemberListRequest(), TalosLine.ReadDeadline, cancellation);
        return answer.Then<IReadOnlyList<EtcdPeer>>(list =>
            [.. list.Messages.SelectMany(message => message.Members).Select(member => new EtcdPeer(member.Id, member.Hostname, member.IsLearner))]);
    }

    public async Task<Outcome<EtcdHealth, TalosFailure>> ReadStatusAsync(CancellationToken cancellation)
    {
        var answer = await _line.CallAsync(TalosCall.EtcdStatus, _version, TalosMethods.EtcdStatus, new Empty(), TalosLine.ReadDeadline, cancellation);
        if (!answer.TryGet(out var told, out var failure)) return failure;
        return told.Messages.FirstOrDefault()?.MemberStatus is { } status
            ? new EtcdHealth(status.MemberId, status.Leader, status.IsLearner, [.. status.Errors])
            : new TalosFailure(TalosError.AnswerMalformed, "The node's etcd says nothing of itself.");
    }

    /// <summary>The node's own member goes. Refused by the last one there is.</summary>
    public async Task<Outcome<Done, TalosFailure>> LeaveAsync(CancellationToken cancellation)
    {
        return (await _line.CallAsync(TalosCall.EtcdLeaveCluster, _version, TalosMethods.EtcdLeaveCluster, new EtcdLeaveClusterRequest(), TalosLine.ReadDeadline, cancellation)).Then(_ => default(Done));
    }

    /// <summary>
    /// Another member goes, one whose node is gone. By id and never by name: a name that was given again would take a living member away.
    /// </summary>
    public async Task<Outcome<Done, TalosFailure>> RemoveAsync(ulong memberId, CancellationToken cancellation)
    {
        var request = new EtcdRemoveMemberByIDRequest { MemberId = memberId };
        return (await _line.CallAsync(TalosCall.EtcdRemoveMember, _version, TalosMethods.EtcdRemoveMember, request, TalosLine.ReadDeadline, cancellation)).Then(_ => default(Done));
    }
}
