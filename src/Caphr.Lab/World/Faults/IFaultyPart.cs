namespace Caphr.Lab.World.Faults;

/// <summary>A part of the Lab that can be broken. It knows its own faults and leaves the others alone.</summary>
public interface IFaultyPart
{
    /// <returns>Whether the fault was one of its own.</returns>
    bool TryBreak(LabFault fault);

    /// <returns>Whether the fault was one of its own. One that is not there is healed already.</returns>
    bool TryHeal(LabFault fault);

    /// <summary>What is broken in it now.</summary>
    IEnumerable<LabFault> Standing { get; }
}
