using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Cosi;
using Caphr.Protocols.Talos.Wire.Machine;
using Caphr.Protocols.Talos.Wire.Runtime;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Version = Caphr.Protocols.Talos.Wire.Machine.Version;

namespace Caphr.Lab.Talos;

/// <summary>A node's API: who may call what in which mode of which version, and Talos' own codes and words for everybody else.</summary>
internal static class LabTalosApi
{
    private static readonly string[] s_readers = ["os:reader", "os:operator", "os:admin"];
    private static readonly string[] s_admins = ["os:admin"];

    public static Task HandleAsync(HttpContext context)
    {
        var session = context.Features.Get<NodeSession>() ?? throw new InvalidOperationException("The connection belongs to no node.");
        var call = new LabGrpcCall(context);
        var roles = NodeSession.Roles(context.Connection.ClientCertificate);
        var path = context.Request.Path.Value;
        if (path == TalosMethods.ApplyConfiguration.Path) return Allowed(session, roles, s_admins) ? ApplyAsync(session, call) : Denied(call);
        if (path == TalosMethods.Get.Path) return Allowed(session, roles, s_readers) ? GetAsync(session, call) : Denied(call);
        if (path == TalosMethods.Watch.Path) return Allowed(session, roles, s_readers) ? WatchAsync(session, call) : Denied(call);
        if (session is { InMaintenance: true, Version.HasMaintenanceService: true }) return Refused(call, GrpcStatusCode.Unimplemented, "API is not implemented in maintenance mode");
        if (path == TalosMethods.Version.Path) return Allowed(session, roles, s_readers) ? VersionAsync(session, call) : Denied(call);
        return session.InMaintenance ? Denied(call) : Refused(call, GrpcStatusCode.Unimplemented, $"unknown method {path}");
    }

    /// <summary>In maintenance anybody may make the calls that exist there.</summary>
    private static bool Allowed(NodeSession session, IReadOnlySet<string> roles, string[] anyOf) => session.InMaintenance || anyOf.Any(roles.Contains);

    private static Task Denied(LabGrpcCall call) => Refused(call, GrpcStatusCode.PermissionDenied, "not authorized");

    private static Task Refused(LabGrpcCall call, GrpcStatusCode code, string message)
    {
        call.End(code, message);
        return Task.CompletedTask;
    }

    private static async Task VersionAsync(NodeSession session, LabGrpcCall call)
    {
        await call.ReadAsync(Empty.Parser);
        await call.WriteAsync(new VersionResponse
        {
            Messages = { new Version { Version_ = new VersionInfo { Tag = session.Version.ToString(), Os = "linux", Arch = "amd64" }, Platform = new PlatformInfo { Name = "metal", Mode = "metal" } } },
        });
        call.End(GrpcStatusCode.Ok);
    }

    private static async Task ApplyAsync(NodeSession session, LabGrpcCall call)
    {
        if (await call.ReadAsync(ApplyConfigurationRequest.Parser) is not { } request)
        {
            call.End(GrpcStatusCode.InvalidArgument, "no request");
            return;
        }

        if (!session.InMaintenance)
        {
            call.End(GrpcStatusCode.Unimplemented, "the Lab's Talos takes a configuration in maintenance only");
            return;
        }

        if (!session.TryBeginApply())
        {
            call.End(GrpcStatusCode.FailedPrecondition, "another apply configuration is already in progress");
            return;
        }

        try
        {
            await ApplyAsync(session, call, request);
        }
        finally
        {
            session.EndApply();
        }
    }

    private static async Task ApplyAsync(NodeSession session, LabGrpcCall call, ApplyConfigurationRequest request)
    {
        if (session.Version.HasMaintenanceService && request.Mode is ApplyConfigurationRequest.Types.Mode.NoReboot or ApplyConfigurationRequest.Types.Mode.Staged)
        {
            call.End(GrpcStatusCode.Unimplemented, $"apply configuration --mode='{request.Mode}' is not supported in maintenance mode");
            return;
        }

        var configuration = request.Data.ToStringUtf8();
        if (ConfigurationCheck.Refusal(configuration, session.Version) is { } refusal)
        {
            call.End(GrpcStatusCode.InvalidArgument, refusal);
            return;
        }

        if (!request.DryRun && !session.Server.ApplyConfiguration(configuration))
        {
            call.End(GrpcStatusCode.FailedPrecondition, "configuration was already applied and node is rebooting");
            return;
        }

        await call.WriteAsync(new ApplyConfigurationResponse
        {
            Messages = { new ApplyConfiguration { Mode = request.Mode, ModeDetails = request.DryRun ? "Dry run summary" : "Applied configuration" } },
        });
        call.End(GrpcStatusCode.Ok);
    }

    private static async Task GetAsync(NodeSession session, LabGrpcCall call)
    {
        if (await call.ReadAsync(GetRequest.Parser) is not { } request || !Known(request.Namespace, request.Type))
        {
            call.End(GrpcStatusCode.PermissionDenied, "access to the resource is not allowed");
        }
        else if (Find(session, request.Type, request.Id) is not { } resource)
        {
            call.End(GrpcStatusCode.NotFound, $"resource {request.Type}({request.Namespace}/{request.Id}) doesn't exist");
        }
        else
        {
            await call.WriteAsync(new GetResponse { Resource = resource });
            call.End(GrpcStatusCode.Ok);
        }
    }

    private static async Task WatchAsync(NodeSession session, LabGrpcCall call)
    {
        if (await call.ReadAsync(WatchRequest.Parser) is not { } request || !Known(request.Namespace, request.Type))
        {
            call.End(GrpcStatusCode.PermissionDenied, "access to the resource is not allowed");
            return;
        }

        if (!request.HasId || Find(session, request.Type, request.Id) is null)
        {
            call.End(GrpcStatusCode.Unimplemented, "the Lab's Talos watches single resources that exist");
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, session.Ended);
        try
        {
            await call.WriteAsync(new WatchResponse());
            for (var kind = EventType.Created; ; kind = EventType.Updated)
            {
                var changed = session.Status.Now.Changed;
                await call.WriteAsync(new WatchResponse { Event = { new Event { EventType = kind, Resource = Find(session, request.Type, request.Id) } } });
                await changed.WaitAsync(over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            call.Break();
        }
    }

    private static bool Known(string inNamespace, string type) =>
        inNamespace == TalosResource.MachineStatus.Namespace && (Is(TalosResource.MachineStatus, type) || Is(TalosResource.Version, type));

    /// <summary>Talos takes the type of a resource in any case.</summary>
    private static bool Is(TalosResource resource, string type) => string.Equals(resource.Type, type, StringComparison.OrdinalIgnoreCase);

    private static Resource? Find(NodeSession session, string type, string id)
    {
        if (Is(TalosResource.Version, type))
            return id == TalosResource.Version.Id ? Resource(TalosResource.Version, 1, new VersionSpec { Version = session.Version.ToString(), Name = "Talos" }) : null;

        var (status, revision, _) = session.Status.Now;
        return id == TalosResource.MachineStatus.Id ? Resource(TalosResource.MachineStatus, revision, status) : null;
    }

    private static Resource Resource(TalosResource of, int revision, IMessage spec) => new()
    {
        Metadata = new ResourceMetadata { Namespace = of.Namespace, Type = of.Type, Id = of.Id, Version = $"{revision}", Phase = "running" },
        Spec = new ResourceSpec { ProtoSpec = spec.ToByteString() },
    };
}
