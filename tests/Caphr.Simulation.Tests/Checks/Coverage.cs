using Caphr.Actors.Servers;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>What a run has met of what there is.</summary>
internal sealed class Coverage
{
    private static readonly IReadOnlyList<string> s_events = [.. ServerEvents.Codec.Manifests.Select(one => one.Manifest).Order(StringComparer.Ordinal)];

    private readonly SortedDictionary<string, int> _events = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _phases = new(StringComparer.Ordinal);
    private readonly SortedSet<(string Trouble, string Phase)> _struck = [];
    private readonly HashSet<(string State, string Input)> _heard = [];

    /// <summary>Which inputs were heard in which states.</summary>
    public IReadOnlySet<(string State, string Input)> Met => _heard;

    public void Event(ServerEvent @event) => Count(_events, ServerEvents.Codec.Encode(@event, default).Manifest);

    public void Phase(string phase) => Count(_phases, phase);

    public void Struck(string trouble, IEnumerable<string> phases)
    {
        foreach (var phase in phases) _struck.Add((trouble, phase));
    }

    /// <param name="state">The one it was heard in.</param>
    /// <param name="input">Its name.</param>
    public void Heard(ServerState state, string input) => _heard.Add((Pairs.NameOf(state), input));

    public void Add(Coverage other)
    {
        foreach (var (name, count) in other._events) _events[name] = _events.GetValueOrDefault(name) + count;
        foreach (var (name, count) in other._phases) _phases[name] = _phases.GetValueOrDefault(name) + count;
        _struck.UnionWith(other._struck);
        _heard.UnionWith(other._heard);
    }

    /// <param name="troubles">Every kind there is.</param>
    public IEnumerable<string> Missing(IEnumerable<string> troubles)
    {
        foreach (var name in s_events.Where(name => !_events.ContainsKey(name))) yield return $"event {name} never happened";
        foreach (var phase in Enum.GetNames<ServerPhase>().Where(phase => !_phases.ContainsKey(phase))) yield return $"phase {phase} was never reached";
        foreach (var state in ByState(Pairs.Possible.Except(_heard))) yield return $"{state.Key} never heard {string.Join(", ", state)}";
        foreach (var trouble in troubles)
        {
            var missed = _phases.Keys.Where(phase => !_struck.Contains((trouble, phase))).ToList();
            if (missed.Count > 0) yield return $"{trouble} never struck in {string.Join(", ", missed)}";
        }
    }

    /// <summary>What was met, and is held to be impossible: then not all that is possible is looked for.</summary>
    public IEnumerable<string> Unexpected() => ByState(_heard.Except(Pairs.Possible)).Select(state => $"{state.Key} has heard {string.Join(", ", state)}");

    private static IEnumerable<IGrouping<string, string>> ByState(IEnumerable<(string State, string Input)> pairs) =>
        pairs.Order().GroupBy(pair => pair.State, pair => pair.Input, StringComparer.Ordinal);

    private static void Count(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
