using Caphr.Protocols.Talos.Grpc;
using Caphr.Protocols.Talos.Rules;
using Caphr.Protocols.Talos.Wire.Machine;
using Mode = Caphr.Protocols.Talos.Wire.Machine.ApplyConfigurationRequest.Types.Mode;

namespace Caphr.Lab.Talos;

/// <summary>
/// ApplyConfiguration, with what the releases make of its mode. A configured node keeps a new configuration for its next boot, which a
/// mode of REBOOT begins at once.
/// </summary>
internal static class LabApplyService
{
    private const string Busy = "another apply configuration is already in progress";

    public static async Task ApplyAsync(TalosNode node, NodeCall call)
    {
        if (await call.ReadAsync(ApplyConfigurationRequest.Parser) is not { } request)
        {
            call.End(GrpcStatusCode.InvalidArgument, "no request");
            return;
        }

        if (node.Suffers(TalosFault.ApplyBusy) || !node.TryBeginApply())
        {
            call.End(GrpcStatusCode.FailedPrecondition, Busy);
            return;
        }

        try
        {
            await ApplyAsync(node, call, request);
        }
        finally
        {
            node.EndApply();
        }
    }

    private static async Task ApplyAsync(TalosNode node, NodeCall call, ApplyConfigurationRequest request)
    {
        var configuration = request.Data.ToStringUtf8();
        if (Refusal(node, request.Mode, configuration) is { } refusal)
        {
            call.End(refusal.Code, refusal.Message);
            return;
        }

        if (!request.DryRun && !node.Suffers(TalosFault.ApplyWithoutEffect) && !Store(node, configuration))
        {
            call.End(GrpcStatusCode.FailedPrecondition, "configuration was already applied and node is rebooting");
            return;
        }

        await call.WriteAsync(new ApplyConfigurationResponse
        {
            Messages = { new ApplyConfiguration { Mode = Effective(node, request.Mode), ModeDetails = request.DryRun ? "Dry run summary" : "Applied configuration" } },
        });
        call.End(GrpcStatusCode.Ok);
        if (request is { DryRun: false, Mode: Mode.Reboot } && !node.InMaintenance) call.AfterAnswer(() => LabMachineService.Restart(node, throughFirmware: false));
    }

    private static GrpcStatus? Refusal(TalosNode node, Mode mode, string configuration)
    {
        var generation = node.Version.Generation;
        if (node.InMaintenance && generation == TalosGeneration.UpTo112 && mode is Mode.NoReboot or Mode.Staged)
            return new GrpcStatus(GrpcStatusCode.Unimplemented, $"apply configuration --mode='{mode}' is not supported in maintenance mode");
        if (!node.InMaintenance && generation == TalosGeneration.From114 && mode == Mode.Reboot)
            return new GrpcStatus(GrpcStatusCode.Unimplemented, "apply configuration --mode='reboot' is not supported");
        return ConfigurationCheck.Refusal(configuration, node.Version) is { } why ? new GrpcStatus(GrpcStatusCode.InvalidArgument, why) : null;
    }

    /// <summary>What the node says it did: from 1.13 on maintenance knows no reboot, and neither does 1.14.</summary>
    private static Mode Effective(TalosNode node, Mode mode) => (node.InMaintenance, node.Version.Generation, mode) switch
    {
        (true, not TalosGeneration.UpTo112, Mode.Reboot or Mode.Auto) => Mode.NoReboot,
        (false, TalosGeneration.From114, Mode.Auto) => Mode.NoReboot,
        _ => mode,
    };

    private static bool Store(TalosNode node, string configuration) =>
        node.InMaintenance
            ? node.Server.ApplyConfiguration(configuration)
            : node.Server.StoreConfiguration(configuration);
}
