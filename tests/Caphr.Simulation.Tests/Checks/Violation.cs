namespace Caphr.Simulation.Tests.Checks;

/// <summary>Something that must never happen, and did.</summary>
internal sealed record Violation(string Rule, string What)
{
    public override string ToString() => $"{Rule}: {What}";
}
