using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Host.Diagnostics;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Metrics;

/// <summary>
/// The servers and machines of this replica, counted when somebody asks. Each question is one pass over the servers, whose answer is as long as there are
/// phases; what is asked for together may be of moments that lie a message or two apart.
/// </summary>
internal sealed class FleetCount(FleetBoard fleet, TimeProvider clock, Func<IReadOnlyList<HetznerRobotHost>> hosts)
{
    private static readonly ServerPhase[] s_phases = Enum.GetValues<ServerPhase>();
    private static readonly ServerPhase[] s_underWay = [.. s_phases.Where(ServerPassage.IsUnderWay)];

    public int Shards => fleet.Shards.Count;

    public bool Works => fleet.WhyNot is null;

    /// <summary>All phases, be there no server in one, and those that a person keeps out of use apart from what is free.</summary>
    public IEnumerable<(string Phase, int Servers)> ByPhase()
    {
        var keptOut = hosts().Where(host => host.Spec.MaintenanceMode == true).Select(host => new ServerNumber(host.Spec.ServerID)).ToHashSet();
        var (counts, maintained) = (new int[s_phases.Length], 0);
        foreach (var (number, server) in fleet.Servers)
        {
            if (keptOut.Contains(number) && HostProjection.MayBeKeptOut(server.State)) maintained++;
            else counts[(int)server.State.Phase]++;
        }

        return s_phases.Select(phase => (phase.ToString(), counts[(int)phase])).Append((HostProjection.Maintenance, maintained));
    }

    public int Paused() => Count(state => state.PausedSince is not null);

    /// <summary>The time in which the phase must have come to its end is over, and it has not.</summary>
    public int Late()
    {
        var now = clock.GetUtcNow();
        return Count(state => state is { PausedSince: null, Deadline: { } until } && until < now);
    }

    public int Troubled() => Count(state => state is { PausedSince: null, Trouble: not null });

    /// <summary>What is paused does not grow old.</summary>
    public IEnumerable<(ServerPhase Phase, TimeSpan Age)> Oldest()
    {
        var now = clock.GetUtcNow();
        var since = new DateTimeOffset[s_phases.Length];
        Array.Fill(since, now);
        foreach (var (_, server) in fleet.Servers)
        {
            if (server.State is { PausedSince: null } state && state.Since != default && state.Since < since[(int)state.Phase]) since[(int)state.Phase] = state.Since;
        }

        return s_underWay.Select(phase => (phase, now - since[(int)phase]));
    }

    /// <summary>Without those that are another replica's since they were last looked at.</summary>
    public int Waiting(IReadOnlyList<PlaceInQueue> queue) => Here(queue).Count();

    public TimeSpan LongestWait(IReadOnlyList<PlaceInQueue> queue)
    {
        var now = clock.GetUtcNow();
        return Here(queue).Select(place => now - place.Since).Append(TimeSpan.Zero).Max();
    }

    private IEnumerable<PlaceInQueue> Here(IReadOnlyList<PlaceInQueue> queue)
    {
        var shards = fleet.Shards;
        return queue.Where(place => shards.Contains(place.Shard));
    }

    private int Count(Func<ServerState, bool> isSo)
    {
        var count = 0;
        foreach (var (_, server) in fleet.Servers)
            if (isSo(server.State)) count++;
        return count;
    }
}
