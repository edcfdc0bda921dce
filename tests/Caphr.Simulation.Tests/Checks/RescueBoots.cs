using Caphr.Actors.Servers;
using Caphr.Lab.World;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>What controllers have asked of each boot of a rescue system, and which boots they have turned away from.</summary>
internal sealed class RescueBoots
{
    private readonly HashSet<(int Server, RunningSystem Boot, string Verb)> _asked = [];
    private readonly Dictionary<int, RunningSystem> _reached = [];
    private readonly HashSet<(int Server, RunningSystem Boot)> _left = [];

    public void Ask(LabServer server, string verb) => _asked.Add((server.Number, server.Running, verb));

    public bool IsProven(LabServer server) => _asked.Contains((server.Number, server.Running, "prove")) && _asked.Contains((server.Number, server.Running, "inspect"));

    /// <summary>A reset was decided on since, so what answers under its key has not been reset.</summary>
    public bool WasLeft(LabServer server) => _left.Contains((server.Number, server.Running));

    public void Hear(LabServer server, ServerEvent happened)
    {
        if (happened is ServerEvent.RescueReached && server.Running is RunningSystem.Rescue rescue) _reached[server.Number] = rescue;
        if (happened is ServerEvent.RescueIntended && _reached.Remove(server.Number, out var left)) _left.Add((server.Number, left));
    }
}
