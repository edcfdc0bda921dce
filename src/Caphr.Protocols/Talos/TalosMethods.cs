using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Machine;
using Caphr.Protocols.Talos.Wire.Storage;

namespace Caphr.Protocols.Talos;

/// <summary>The methods of the Talos API that CAPHR calls.</summary>
public static class TalosMethods
{
    private const string MachineService = "machine.MachineService";
    private const string StateService = "cosi.resource.State";

    public static readonly GrpcMethod<Empty, VersionResponse> Version = new(MachineService, "Version", VersionResponse.Parser);

    public static readonly GrpcMethod<ApplyConfigurationRequest, ApplyConfigurationResponse> ApplyConfiguration =
        new(MachineService, "ApplyConfiguration", ApplyConfigurationResponse.Parser);

    public static readonly GrpcMethod<RebootRequest, RebootResponse> Reboot = new(MachineService, "Reboot", RebootResponse.Parser);

    public static readonly GrpcMethod<ResetRequest, ResetResponse> Reset = new(MachineService, "Reset", ResetResponse.Parser);

    public static readonly GrpcMethod<UpgradeRequest, UpgradeResponse> Upgrade = new(MachineService, "Upgrade", UpgradeResponse.Parser);

    public static readonly GrpcMethod<MetaWriteRequest, MetaWriteResponse> MetaWrite = new(MachineService, "MetaWrite", MetaWriteResponse.Parser);

    public static readonly GrpcMethod<Empty, ServiceListResponse> ServiceList = new(MachineService, "ServiceList", ServiceListResponse.Parser);

    public static readonly GrpcMethod<EtcdMemberListRequest, EtcdMemberListResponse> EtcdMemberList =
        new(MachineService, "EtcdMemberList", EtcdMemberListResponse.Parser);

    public static readonly GrpcMethod<Empty, EtcdStatusResponse> EtcdStatus = new(MachineService, "EtcdStatus", EtcdStatusResponse.Parser);

    public static readonly GrpcMethod<EtcdLeaveClusterRequest, EtcdLeaveClusterResponse> EtcdLeaveCluster =
        new(MachineService, "EtcdLeaveCluster", EtcdLeaveClusterResponse.Parser);

    public static readonly GrpcMethod<EtcdRemoveMemberByIDRequest, EtcdRemoveMemberByIDResponse> EtcdRemoveMember =
        new(MachineService, "EtcdRemoveMemberByID", EtcdRemoveMemberByIDResponse.Parser);

    public static readonly GrpcMethod<Empty, DisksResponse> Disks = new("storage.StorageService", "Disks", DisksResponse.Parser);

    public static readonly GrpcMethod<GetRequest, GetResponse> Get = new(StateService, "Get", GetResponse.Parser);

    public static readonly GrpcMethod<ListRequest, ListResponse> List = new(StateService, "List", ListResponse.Parser);

    public static readonly GrpcMethod<WatchRequest, WatchResponse> Watch = new(StateService, "Watch", WatchResponse.Parser);
}
