using Caphr.Lab.World;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Wire.Common;
using Caphr.Protocols.Talos.Wire.Machine;
using Caphr.Protocols.Talos.Wire.Storage;
using Google.Protobuf;
using Version = Caphr.Protocols.Talos.Wire.Machine.Version;

namespace Caphr.Lab.Talos;

/// <summary>MachineService and StorageService of a node that let the call through.</summary>
internal static class LabMachineService
{
    private const int LargestMeta = 256 * 1024;

    public static Task VersionAsync(TalosNode node, NodeCall call) => AnswerAsync(call, Empty.Parser, _ => LabAnswer.Of(new VersionResponse
    {
        Messages = { new Version { Version_ = new VersionInfo { Tag = node.Version.ToString(), Os = "linux", Arch = "amd64" }, Platform = new PlatformInfo { Name = "metal", Mode = "metal" } } },
    }));

    public static Task ListServicesAsync(TalosNode node, NodeCall call) => AnswerAsync(call, Empty.Parser, _ =>
    {
        string[] names = node.Configuration is not { } configuration ? ["apid", "machined", "udevd"]
            : NodeStatus.IsControlPlane(configuration) ? ["apid", "containerd", "cri", "etcd", "kubelet", "machined", "trustd", "udevd"]
            : ["apid", "containerd", "cri", "kubelet", "machined", "udevd"];
        var ready = node.Server.Running is RunningSystem.TalosConfigured { Ready: true };
        var list = new ServiceList();
        foreach (var name in names)
        {
            var up = ready || name is not ("etcd" or "kubelet");
            list.Services.Add(new ServiceInfo { Id = name, State = up ? "Running" : "Waiting", Health = new ServiceHealth { Healthy = up, Unknown = !up } });
        }

        return LabAnswer.Of(new ServiceListResponse { Messages = { list } });
    });

    public static Task RebootAsync(TalosNode node, NodeCall call) => AnswerAsync(
        call,
        RebootRequest.Parser,
        _ => LabAnswer.Of(new RebootResponse { Messages = { new Reboot { ActorId = "reboot" } } }),
        request => Restart(node, throughFirmware: request.Mode == RebootRequest.Types.Mode.Powercycle));

    /// <summary>A STATE that is wiped leads back to maintenance; no partition named takes the whole disk, and the node with it.</summary>
    public static Task ResetAsync(TalosNode node, NodeCall call) => AnswerAsync(
        call,
        ResetRequest.Parser,
        _ => LabAnswer.Of(new ResetResponse { Messages = { new Reset { ActorId = "reset" } } }),
        request =>
        {
            if (request.SystemPartitionsToWipe.Count == 0)
            {
                node.IsLeaving = true;
                node.Server.ResetTalos(request.Reboot);
                return;
            }

            if (request.SystemPartitionsToWipe.Any(partition => partition is { Label: "STATE", Wipe: true }))
                node.Server.ForgetConfiguration();
            Restart(node, throughFirmware: false);
        });

    public static Task UpgradeAsync(TalosNode node, NodeCall call) => AnswerAsync(
        call,
        UpgradeRequest.Parser,
        request => TalosVersion.TryParse(Tag(request.Image), out _)
            ? LabAnswer.Of(new UpgradeResponse { Messages = { new Upgrade { Ack = "Upgrade request received", ActorId = "upgrade" } } })
            : new GrpcStatus(GrpcStatusCode.InvalidArgument, $"error validating installer image \"{request.Image}\""),
        request =>
        {
            node.Server.UpgradeTalos(Tag(request.Image));
            Restart(node, throughFirmware: false);
        });

    public static Task WriteMetaAsync(TalosNode node, NodeCall call) => AnswerAsync(call, MetaWriteRequest.Parser, request =>
    {
        if (request.Key > byte.MaxValue) return new GrpcStatus(GrpcStatusCode.InvalidArgument, "key must be a uint8");
        if (request.Value.Length > LargestMeta) return new GrpcStatus(GrpcStatusCode.ResourceExhausted, "no space left in META");
        NodeResources.SetMeta(node, (byte)request.Key, request.Value.Span);
        return LabAnswer.Of(new MetaWriteResponse { Messages = { new MetaWrite() } });
    });

    public static Task ListDisksAsync(TalosNode node, NodeCall call) => AnswerAsync(call, Empty.Parser, _ =>
    {
        var system = node.Server.SystemDisk;
        var swapped = node.Suffers(TalosFault.OtherDisks);
        var disks = new Disks();
        disks.Disks_.AddRange(node.Server.Description.Disks.Select(disk => new Disk
        {
            Size = (ulong)disk.SizeBytes,
            Model = disk.Model,
            DeviceName = $"/dev/{disk.Name}",
            Serial = swapped ? $"{disk.Serial}X" : disk.Serial,
            Wwid = swapped ? $"{disk.Wwn}x" : disk.Wwn,
            Type = Disk.Types.DiskType.Nvme,
            SystemDisk = disk == system,
        }));
        return LabAnswer.Of(new DisksResponse { Messages = { disks } });
    });

    /// <summary>By kexec unless the firmware was asked for or the kernel cannot.</summary>
    public static void Restart(TalosNode node, bool throughFirmware)
    {
        node.IsLeaving = true;
        node.Server.RebootInBand(kexec: !throughFirmware && !node.Suffers(TalosFault.KexecUnavailable));
    }

    /// <param name="afterwards">What the node begins once its answer is out, as the answer would not survive it.</param>
    public static async Task AnswerAsync<T>(NodeCall call, MessageParser<T> parser, Func<T, LabAnswer> answer, Action<T>? afterwards = null)
        where T : class, IMessage<T>
    {
        if (await call.ReadAsync(parser) is not { } request)
        {
            call.End(GrpcStatusCode.InvalidArgument, "no request");
            return;
        }

        var (message, refusal) = answer(request);
        if (message is null)
        {
            call.End(refusal!.Code, refusal.Message);
            return;
        }

        await call.WriteAsync(message);
        call.End(GrpcStatusCode.Ok);
        if (afterwards is not null) call.AfterAnswer(() => afterwards(request));
    }

    private static string Tag(string image) => image[(image.LastIndexOf(':') + 1)..];
}
