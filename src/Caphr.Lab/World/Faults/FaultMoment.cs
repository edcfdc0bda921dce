namespace Caphr.Lab.World.Faults;

/// <summary>When a planned fault strikes.</summary>
public abstract record FaultMoment
{
    private FaultMoment() { }

    /// <summary>Now.</summary>
    public sealed record AtOnce : FaultMoment;

    /// <summary>So much hardware time after it was planned.</summary>
    public sealed record After(TimeSpan Wait) : FaultMoment;

    /// <summary>When this happens next, and before what follows from it.</summary>
    public sealed record OnFact(Fact Occasion) : FaultMoment;

    /// <summary>When this share of the next write to a disk is done.</summary>
    public sealed record InWrite(double Share) : FaultMoment;

    /// <summary>Whenever this happens, with this probability, drawn from the world's seed.</summary>
    public sealed record ByChance(double Probability, Fact Occasion) : FaultMoment;
}

/// <summary>A fault and its moment.</summary>
public sealed record PlannedFault(LabFault What, FaultMoment When)
{
    public override string ToString() => FaultText.Of(this);
}
