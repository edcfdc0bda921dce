using System.Collections.Frozen;
using Caphr.Protocols.Talos;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Talos;

/// <summary>A node's API: turns away who may not call, and hands everybody else to the service.</summary>
internal static class LabTalosApi
{
    private static readonly FrozenDictionary<string, Func<TalosNode, NodeCall, Task>> s_services = new Dictionary<string, Func<TalosNode, NodeCall, Task>>
    {
        [TalosMethods.Version.Path] = LabMachineService.VersionAsync,
        [TalosMethods.ApplyConfiguration.Path] = LabApplyService.ApplyAsync,
        [TalosMethods.ServiceList.Path] = LabMachineService.ListServicesAsync,
        [TalosMethods.Reboot.Path] = LabMachineService.RebootAsync,
        [TalosMethods.Reset.Path] = LabMachineService.ResetAsync,
        [TalosMethods.Upgrade.Path] = LabMachineService.UpgradeAsync,
        [TalosMethods.MetaWrite.Path] = LabMachineService.WriteMetaAsync,
        [TalosMethods.Disks.Path] = LabMachineService.ListDisksAsync,
        [TalosMethods.EtcdMemberList.Path] = LabEtcdService.ListMembersAsync,
        [TalosMethods.EtcdStatus.Path] = LabEtcdService.StatusAsync,
        [TalosMethods.EtcdLeaveCluster.Path] = LabEtcdService.LeaveAsync,
        [TalosMethods.EtcdRemoveMember.Path] = LabEtcdService.RemoveAsync,
        [TalosMethods.Get.Path] = LabStateService.GetAsync,
        [TalosMethods.List.Path] = LabStateService.ListAsync,
        [TalosMethods.Watch.Path] = LabStateService.WatchAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Task HandleAsync(HttpContext context)
    {
        var session = context.Features.Get<NodeSession>() ?? throw new InvalidOperationException("The connection belongs to no node.");
        return AnswerAsync(session.Node, new HttpNodeCall(context), context.Request.Path.Value ?? "", NodeTls.Roles(context.Connection.ClientCertificate));
    }

    public static Task AnswerAsync(TalosNode node, NodeCall call, string path, IReadOnlySet<string> roles)
    {
        if (LabPermissions.Refusal(node, path, roles) is not { } refusal) return s_services[path](node, call);
        call.End(refusal.Code, refusal.Message);
        return Task.CompletedTask;
    }
}
