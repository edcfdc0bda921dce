using System.Diagnostics.CodeAnalysis;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>
/// Which servers may set out on what ends with a reset: a few at once, so that few have done so in vain when the quota turns out to be used up. It only puts them
/// in an order. Whoever has a turn may find the quota used up all the same, and whoever has none may still be reset.
/// </summary>
internal sealed class ResetTurns
{
    /// <summary>For each call that a login admits at once, one server that calls and one that is between two calls.</summary>
    private const int AtOnce = 2 * KnownLogin.Slots;

    /// <summary>Of one that is paused on its way nothing is heard. Four calls to a Robot that is slow take less.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private readonly Lanes<Turn> _waiting = new();
    private readonly Dictionary<int, DateTimeOffset> _ends = [];

    /// <summary>When somebody's turn is over at the latest; null when nobody waits for that.</summary>
    public DateTimeOffset? NextEnd => _ends.Count == 0 || !_waiting.Occupied().Any() ? null : _ends.Values.Min();

    public void Wait(Turn turn) => _waiting.Add(turn.Lane, turn.Quota, turn.Order, turn);

    /// <param name="room">Resets that are left. Where none seems to be, one goes and sees.</param>
    public bool TryGrant(AccountStanding standing, int room, DateTimeOffset now, [NotNullWhen(true)] out Turn? next)
    {
        foreach (var late in _ends.Where(one => one.Value <= now).ToList()) _ends.Remove(late.Key);
        next = null;
        return _ends.Count < Math.Clamp(room, 1, AtOnce) && _waiting.TryTake((lane, quota) => standing.IsOpen(lane, quota, now), out next);
    }

    public void Begin(Turn turn, DateTimeOffset now) => _ends[turn.Server] = now + s_longest;

    public void End(int server) => _ends.Remove(server);

    public IEnumerable<(RobotLane Lane, RobotQuota Quota, Errand Waiting)> Everything() => _waiting.Everything().Select(one => (one.Lane, one.Quota, (Errand)one.Waiting));

    public IEnumerable<(RobotLane Lane, RobotQuota Quota)> Occupied() => _waiting.Occupied();
}
