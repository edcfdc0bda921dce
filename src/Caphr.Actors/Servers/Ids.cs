using System.Globalization;

namespace Caphr.Actors.Servers;

/// <summary>Robot's number of a server: the only name of a box that never changes.</summary>
public readonly record struct ServerNumber(int Value) : IComparable<ServerNumber>
{
    public int CompareTo(ServerNumber other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(ServerNumber left, ServerNumber right) => left.Value < right.Value;

    public static bool operator >(ServerNumber left, ServerNumber right) => left.Value > right.Value;

    public static bool operator <=(ServerNumber left, ServerNumber right) => left.Value <= right.Value;

    public static bool operator >=(ServerNumber left, ServerNumber right) => left.Value >= right.Value;
}

/// <summary>The UID of the Cluster API Machine that holds a server. A Machine made again under the same name is another claim.</summary>
public readonly record struct ClaimId(string MachineUid)
{
    public override string ToString() => MachineUid;
}

/// <summary>A namespaced Kubernetes object, by name. What it holds is read at the moment of use and never kept.</summary>
public sealed record ObjectName(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>Ties what an effect ended in to the step that asked for it, so that a late answer to an older step is told apart.</summary>
public readonly record struct EffectKey(ServerNumber Server, int Step)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Server}#{Step}");
}
