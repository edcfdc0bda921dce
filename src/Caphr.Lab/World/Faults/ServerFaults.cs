namespace Caphr.Lab.World.Faults;

/// <summary>What is wrong with one server now, and how often it may still strike.</summary>
internal sealed class ServerFaults
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ServerFault, int?> _on = [];

    public IReadOnlyList<ServerFault> All
    {
        get { lock (_gate) return [.. _on.Keys]; }
    }

    public bool IsOn(ServerFault fault)
    {
        lock (_gate) return _on.ContainsKey(fault);
    }

    /// <summary>The occasion is there: whether the fault strikes. One of its times is used up by that.</summary>
    public bool Strikes(ServerFault fault)
    {
        lock (_gate)
        {
            if (!_on.TryGetValue(fault, out var left)) return false;
            if (left is 1) _on.Remove(fault);
            else if (left is { } more) _on[fault] = more - 1;
            return true;
        }
    }

    /// <param name="fault">The fault.</param>
    /// <param name="times">How often it may strike, or null: until it is healed.</param>
    public void Add(ServerFault fault, int? times)
    {
        lock (_gate) _on[fault] = times;
    }

    public bool Remove(ServerFault fault)
    {
        lock (_gate) return _on.Remove(fault);
    }
}
