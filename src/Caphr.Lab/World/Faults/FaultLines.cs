using Caphr.Protocols;

namespace Caphr.Lab.World.Faults;

/// <summary>A script of faults: one on a line, <c>heal</c> before one that is to end, <c>heal all</c>; empty lines and those after # count for nothing.</summary>
public static class FaultLines
{
    private const string Heal = "heal ";

    /// <returns>What to do at the desk, in order; each tells why nothing came of it. Or the first line that makes no sense.</returns>
    public static Outcome<IReadOnlyList<Func<FaultDesk, LabFailure?>>, LabFailure> Read(string script)
    {
        var deeds = new List<Func<FaultDesk, LabFailure?>>();
        foreach (var text in script.Split('\n'))
        {
            var line = text.Split('#')[0].Trim();
            if (line.Length == 0) continue;
            if (!ReadLine(line).TryGet(out var deed, out var failure)) return failure;
            deeds.Add(deed);
        }

        return Outcome<IReadOnlyList<Func<FaultDesk, LabFailure?>>, LabFailure>.Of(deeds);
    }

    private static Outcome<Func<FaultDesk, LabFailure?>, LabFailure> ReadLine(string line)
    {
        if (line == Heal + FaultText.Everything) return Outcome<Func<FaultDesk, LabFailure?>, LabFailure>.Of(HealAll);
        if (!line.StartsWith(Heal, StringComparison.Ordinal)) return FaultText.Read(line).Then<Func<FaultDesk, LabFailure?>>(planned => desk => desk.Plan(planned));
        return FaultText.Read(line[Heal.Length..]).Then<Func<FaultDesk, LabFailure?>>(planned => desk => desk.Heal(planned.What));
    }

    private static LabFailure? HealAll(FaultDesk desk)
    {
        desk.HealAll();
        return null;
    }
}
