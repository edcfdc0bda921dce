using System.Collections.Frozen;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Rules;

namespace Caphr.Lab.Talos;

/// <summary>
/// Talos' own table of who may call what, with its codes and words: written from what Talos does, and not from what CAPHR believes of it,
/// so that the two can be held against each other.
/// </summary>
internal static class LabPermissions
{
    private static readonly string[] s_readers = ["os:reader", "os:operator", "os:admin"];
    private static readonly string[] s_operators = ["os:operator", "os:admin"];
    private static readonly string[] s_metaWriters = ["os:meta:writer", "os:admin"];
    private static readonly string[] s_admins = ["os:admin"];

    /// <summary>By path: the roles of which one is enough, and whether the maintenance service up to 1.12 has it, and that from 1.13 on.</summary>
    private static readonly FrozenDictionary<string, (string[] Roles, bool InOldMaintenance, bool InMaintenance)> s_methods = new Dictionary<string, (string[], bool, bool)>
    {
        [TalosMethods.Get.Path] = (s_readers, true, true),
        [TalosMethods.List.Path] = (s_readers, true, true),
        [TalosMethods.Watch.Path] = (s_readers, true, true),
        [TalosMethods.Disks.Path] = (s_readers, true, true),
        [TalosMethods.ApplyConfiguration.Path] = (s_admins, true, true),
        [TalosMethods.Version.Path] = (s_readers, false, true),
        [TalosMethods.ServiceList.Path] = (s_readers, false, true),
        [TalosMethods.EtcdMemberList.Path] = (s_readers, false, true),
        [TalosMethods.EtcdStatus.Path] = (s_readers, false, true),
        [TalosMethods.Reboot.Path] = (s_operators, false, false),
        [TalosMethods.MetaWrite.Path] = (s_metaWriters, false, false),
        [TalosMethods.Reset.Path] = (s_admins, false, false),
        [TalosMethods.Upgrade.Path] = (s_admins, false, false),
        [TalosMethods.EtcdLeaveCluster.Path] = (s_admins, false, false),
        [TalosMethods.EtcdRemoveMember.Path] = (s_admins, false, false),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null, or how Talos turns the call away.</summary>
    public static GrpcStatus? Refusal(TalosNode node, string path, IReadOnlySet<string> roles)
    {
        var known = s_methods.TryGetValue(path, out var method);
        if (node.InMaintenance && node.Version.Generation == TalosGeneration.UpTo112)
            return known && method.InOldMaintenance ? null : new GrpcStatus(GrpcStatusCode.Unimplemented, "API is not implemented in maintenance mode");
        if (!known) return new GrpcStatus(GrpcStatusCode.Unimplemented, $"unknown method {path}");
        var allowed = node.InMaintenance ? method.InMaintenance : method.Roles.Any(roles.Contains);
        return allowed ? null : new GrpcStatus(GrpcStatusCode.PermissionDenied, "not authorized");
    }
}
