using Caphr.Actors.Servers;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>What a run has met of what there is.</summary>
internal sealed class Coverage
{
    private static readonly IReadOnlyList<string> s_events = [.. ServerEvents.Codec.Manifests.Select(one => one.Manifest).Order(StringComparer.Ordinal)];

    private readonly SortedDictionary<string, int> _events = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _phases = new(StringComparer.Ordinal);
    private readonly SortedSet<(string Trouble, string Phase)> _struck = [];

    public void Event(ServerEvent @event) => Count(_events, ServerEvents.Codec.Encode(@event, default).Manifest);

    public void Phase(string phase) => Count(_phases, phase);

    public void Struck(string trouble, IEnumerable<string> phases)
    {
        foreach (var phase in phases) _struck.Add((trouble, phase));
    }

    public void Add(Coverage other)
    {
        foreach (var (name, count) in other._events) _events[name] = _events.GetValueOrDefault(name) + count;
        foreach (var (name, count) in other._phases) _phases[name] = _phases.GetValueOrDefault(name) + count;
        _struck.UnionWith(other._struck);
    }

    /// <param name="troubles">Every kind there is.</param>
    public IEnumerable<string> Missing(IEnumerable<string> troubles)
    {
        foreach (var name in s_events.Where(name => !_events.ContainsKey(name))) yield return $"event {name} never happened";
        foreach (var phase in Enum.GetNames<ServerPhase>().Where(phase => !_phases.ContainsKey(phase))) yield return $"phase {phase} was never reached";
        foreach (var trouble in troubles)
        {
            var missed = _phases.Keys.Where(phase => !_struck.Contains((trouble, phase))).ToList();
            if (missed.Count > 0) yield return $"{trouble} never struck in {string.Join(", ", missed)}";
        }
    }

    private static void Count(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
