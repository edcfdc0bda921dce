using Caphr.Lab.World;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos.Wire.Runtime;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>What Talos says of itself, in its own words, for what the world says is running.</summary>
internal static class NodeStatus
{
    public static MachineStatusSpec Of(RunningSystem running, bool waitsForTime = false) => running switch
    {
        // Talos checks nothing outside of booting and running, and calls that ready.
        RunningSystem.TalosMaintenance => Spec(Stage.Maintenance),
        RunningSystem.TalosConfigured when waitsForTime => Spec(Stage.Booting, new UnmetCondition { Name = "time", Reason = "time is not in sync yet" }),
        RunningSystem.TalosConfigured { Ready: true } => Spec(Stage.Running),
        RunningSystem.TalosConfigured booting => Spec(Stage.Booting, IsControlPlane(booting.MachineConfiguration)
            ? new UnmetCondition { Name = "services", Reason = "etcd not healthy" }
            : new UnmetCondition { Name = "nodeReady", Reason = "node is not ready" }),
        _ => Spec(Stage.Unknown),
    };

    public static bool IsControlPlane(string configuration) =>
        KnownConfigurations.MainOf(configuration)?.Find("machine", "type") is YamlScalarNode { Value: "controlplane" or "init" };

    private static MachineStatusSpec Spec(Stage stage, params ReadOnlySpan<UnmetCondition> unmet)
    {
        var status = new MachineStatusStatus { Ready = unmet.Length == 0 };
        foreach (var condition in unmet) status.UnmetConditions.Add(condition);
        return new MachineStatusSpec { Stage = stage, Status = status };
    }
}
