using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.Cli;

/// <summary>One server as the Kubernetes API tells of it.</summary>
internal sealed record DemoRow(int Server, string Machine, string Phase, string MachinePhase, DateTimeOffset? Since, string Message)
{
    public bool Done => Phase == "Provisioned" && MachinePhase == "Running";

    public static DemoRow Of(HetznerRobotHost host, IReadOnlyList<CoreMachine> machines)
    {
        var consumer = host.Spec.ConsumerRef?.Name ?? "";
        var machine = machines.FirstOrDefault(candidate => candidate.Spec.InfrastructureRef?.Name == consumer && consumer.Length > 0);
        return new DemoRow(
            host.Spec.ServerID,
            machine?.Metadata.Name ?? consumer,
            host.Status.Phase ?? "New",
            machine?.Status.Phase ?? "",
            host.Status.Since ?? host.Metadata.CreationTimestamp,
            host.Status.Message ?? (host.Status.Phase is null ? "waits for the controller to see it" : ""));
    }

    /// <summary>Why this server is not done, for someone who has waited for it.</summary>
    public string Sentence(DateTimeOffset now)
    {
        var phase = Phase == "Provisioned" ? $"Provisioned, and its Machine is {(MachinePhase.Length > 0 ? MachinePhase : "nowhere")}" : Phase;
        var message = Message.Length > 0 ? $": {Message.TrimEnd('.')}" : "";
        return $"Server {Server} is {phase} for {DemoTable.Span(now - Since)}{message}.";
    }
}
