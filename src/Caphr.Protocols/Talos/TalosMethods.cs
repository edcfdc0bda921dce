using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Protocols.Talos;

/// <summary>The methods of the Talos API that CAPHR calls, and the resources it reads.</summary>
public static class TalosMethods
{
    private const string MachineService = "machine.MachineService";
    private const string StateService = "cosi.resource.State";

    public static readonly GrpcMethod<Empty, VersionResponse> Version = new(MachineService, "Version", VersionResponse.Parser);

    public static readonly GrpcMethod<ApplyConfigurationRequest, ApplyConfigurationResponse> ApplyConfiguration =
        new(MachineService, "ApplyConfiguration", ApplyConfigurationResponse.Parser);

    public static readonly GrpcMethod<GetRequest, GetResponse> Get = new(StateService, "Get", GetResponse.Parser);

    public static readonly GrpcMethod<WatchRequest, WatchResponse> Watch = new(StateService, "Watch", WatchResponse.Parser);
}

/// <summary>Where a resource of Talos' state is found.</summary>
public sealed record TalosResource(string Namespace, string Type, string Id)
{
    public static readonly TalosResource MachineStatus = new("runtime", "MachineStatuses.runtime.talos.dev", "machine");

    public static readonly TalosResource Version = new("runtime", "Versions.runtime.talos.dev", "version");
}
