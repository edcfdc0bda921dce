namespace Caphr.Protocols.Kubernetes;

/// <summary>
/// What each object may still say: a life has two dozen Events, and whoever goes on for longer is stuck in a circle and may say one more every
/// few minutes. Only the objects that spoke last are remembered; whoever was forgotten begins anew.
/// </summary>
internal sealed class EventBudget
{
    public const int AtOnce = 25;

    private const int Memory = 4096;

    public static readonly TimeSpan OneMoreEvery = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string Kind, ObjectKey Key), (double Left, DateTimeOffset At)> _left = [];

    public long Spared { get; private set; }

    /// <returns>False when this object has said enough for now.</returns>
    public bool Take(string kind, ObjectKey key, DateTimeOffset now)
    {
        var left = _left.TryGetValue((kind, key), out var known) ? Math.Min(AtOnce, known.Left + ((now - known.At) / OneMoreEvery)) : AtOnce;
        if (left < 1)
        {
            Spared++;
            return false;
        }

        if (_left.Count >= Memory && !_left.ContainsKey((kind, key))) _left.Remove(_left.MinBy(one => one.Value.At).Key);
        _left[(kind, key)] = (left - 1, now);
        return true;
    }
}
