using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary>
/// A sliding hour per method and first part of the path: the list and the single server have been reported to share one counter, so the
/// Lab takes that for all.
/// </summary>
internal sealed class RobotQuotas(LabTime time)
{
    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _used = [];

    public RobotReply? Refuse(HttpMethod method, string template, int limit, bool isShared)
    {
        var window = time.Scaled(s_window);
        lock (_gate)
        {
            var key = $"{method} {template.Split('/')[1]}";
            if (!_used.TryGetValue(key, out var used)) _used[key] = used = new Queue<DateTimeOffset>();
            while (used.TryPeek(out var oldest) && oldest + window <= time.Now) used.Dequeue();
            if (used.Count >= (isShared ? limit / 2 : limit)) return RobotReply.RateLimited(window, limit);
            used.Enqueue(time.Now);
            return null;
        }
    }
}
