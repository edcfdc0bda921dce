using System.Diagnostics.CodeAnalysis;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>
/// Who comes next: the first lane that has something for an open endpoint, and in it whoever came first. A closed endpoint holds up nobody who wants
/// another one.
/// </summary>
internal sealed class Lanes<T>
    where T : class
{
    private readonly SortedDictionary<RobotLane, Dictionary<RobotQuota, PriorityQueue<T, long>>> _lanes = [];

    /// <param name="order">When it came. What is put back keeps its place by it.</param>
    public void Add(RobotLane lane, RobotQuota quota, long order, T waiting)
    {
        if (!_lanes.TryGetValue(lane, out var endpoints)) _lanes[lane] = endpoints = [];
        if (!endpoints.TryGetValue(quota, out var queue)) endpoints[quota] = queue = new PriorityQueue<T, long>();
        queue.Enqueue(waiting, order);
    }

    public bool TryTake(Func<RobotLane, RobotQuota, bool> isOpen, [NotNullWhen(true)] out T? next)
    {
        foreach (var (lane, endpoints) in _lanes)
        {
            PriorityQueue<T, long>? first = null;
            foreach (var (quota, queue) in endpoints)
            {
                if (queue.Count == 0 || !isOpen(lane, quota)) continue;
                if (first is null || Order(queue) < Order(first)) first = queue;
            }

            if (first is null) continue;
            next = first.Dequeue();
            return true;
        }

        next = null;
        return false;
    }

    public IEnumerable<(RobotLane Lane, RobotQuota Quota, T Waiting)> Everything() =>
        from lane in _lanes
        from endpoint in lane.Value
        from waiting in endpoint.Value.UnorderedItems
        select (lane.Key, endpoint.Key, waiting.Element);

    public IEnumerable<(RobotLane Lane, RobotQuota Quota)> Occupied() =>
        from lane in _lanes
        from endpoint in lane.Value
        where endpoint.Value.Count > 0
        select (lane.Key, endpoint.Key);

    private static long Order(PriorityQueue<T, long> queue) => queue.TryPeek(out _, out var order) ? order : long.MaxValue;
}
