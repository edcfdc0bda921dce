using Caphr.Actors.Servers;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>Counts what an account does.</summary>
internal sealed class RobotNumbers(ObjectName secret, Budget budget)
{
    private readonly Dictionary<RobotQuota, int> _used = [];
    private readonly Dictionary<RobotLane, (long Served, TimeSpan Waited)> _served = [];
    private string? _user;
    private long _calls;
    private long _spared;

    public void Spared() => _spared++;

    public void Answered(CallEnd.Answered end)
    {
        _calls++;
        _user = end.User;
        _used[end.Errand.Quota] = end.Used;
        var (served, waited) = _served.GetValueOrDefault(end.Errand.Lane);
        _served[end.Errand.Lane] = (served + 1, waited + (end.Errand.StartedAt!.Value - end.Errand.Since));
    }

    /// <summary>What is left for a lane, as far as was last heard: uses that have left the window since are still counted.</summary>
    public int Room(RobotQuota quota, RobotLane lane) => Math.Max(0, budget.Allowance(quota, lane) - _used.GetValueOrDefault(quota));

    public void Used(RobotQuota quota, int used) => _used[quota] = used;

    public RobotReport Report(AccountStanding standing, IReadOnlyCollection<Errand> waiting, int underWay, DateTimeOffset now)
    {
        var byLane = waiting.ToLookup(errand => errand.Lane);
        return new RobotReport(
            secret,
            _user,
            now,
            standing.Whole,
            underWay,
            _calls,
            _spared,
            [.. RobotLanes.All.Select(lane => Lane(lane, [.. byLane[lane]], now))],
            [.. _used.Keys.Union(standing.Endpoints.Keys.Select(gate => gate.Quota)).OrderBy(quota => quota.Name, StringComparer.Ordinal).Select(quota => Endpoint(quota, standing, now))])
        {
            AcceptedAt = standing.AcceptedAt,
        };
    }

    private LaneReport Lane(RobotLane lane, IReadOnlyCollection<Errand> waiting, DateTimeOffset now)
    {
        var (served, waited) = _served.GetValueOrDefault(lane);
        return new LaneReport(lane, waiting.Count, waiting.Count == 0 ? TimeSpan.Zero : now - waiting.Min(errand => errand.Since), served, waited);
    }

    private EndpointReport Endpoint(RobotQuota quota, AccountStanding standing, DateTimeOffset now)
    {
        var closure = standing.Endpoints.GetValueOrDefault(new Gate(quota, IsUrgent: false));
        return new EndpointReport(quota.Name, _used.GetValueOrDefault(quota), budget.Allowance(quota, RobotLane.Fence), quota.PerHour, closure?.IsOver(now) == false ? closure : null);
    }
}
