using Caphr.Protocols.Talos;

namespace Caphr.Host.Effects;

/// <summary>
/// When a node has done all it can do by itself. Running and ready is the full proof, but two things come after the infrastructure:
/// etcd is bootstrapped only once every control plane machine is provisioned, and a node is Ready only once a network plugin runs in
/// the cluster. A node that waits for nothing else is provisioned; waiting for more would never end.
/// </summary>
internal static class NodeProof
{
    public static bool IsGiven(MachineStatus status) =>
        status.IsRunningAndReady || (status.Stage is MachineStage.Booting or MachineStage.Running && status.UnmetConditions is { Count: > 0 } unmet && unmet.All(WaitsForCluster));

    private static bool WaitsForCluster(UnmetCondition unmet) => unmet.Name switch
    {
        "nodeReady" or "staticPods" => true,
        "services" => unmet.Reason.Contains("etcd", StringComparison.Ordinal),
        _ => false,
    };
}
