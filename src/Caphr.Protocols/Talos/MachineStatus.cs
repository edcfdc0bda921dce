namespace Caphr.Protocols.Talos;

public enum MachineStage
{
    Unknown = 0,
    Booting = 1,
    Installing = 2,
    Maintenance = 3,
    Running = 4,
    Rebooting = 5,
    ShuttingDown = 6,
    Resetting = 7,
    Upgrading = 8,
}

/// <summary>What a node still waits for, in its own words: <c>services: etcd …</c>, <c>nodeReady</c>, <c>time</c>.</summary>
public sealed record UnmetCondition(string Name, string Reason);

/// <summary>What a node says of itself. <paramref name="Ready"/> alone says nothing: outside of booting and running it is always true.</summary>
public sealed record MachineStatus(MachineStage Stage, bool Ready, IReadOnlyList<UnmetCondition> UnmetConditions)
{
    public bool IsRunningAndReady => Stage == MachineStage.Running && Ready;

    public override string ToString() =>
        UnmetConditions.Count == 0
            ? $"{Stage}{(Ready ? ", ready" : "")}"
            : $"{Stage}, waits for {string.Join("; ", UnmetConditions.Select(condition => $"{condition.Name}: {condition.Reason}"))}";
}
