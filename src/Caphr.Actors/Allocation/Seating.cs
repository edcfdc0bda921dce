namespace Caphr.Actors.Allocation;

/// <summary>
/// Who can be served together. Machines that ask for the same are one class, and a server is held by a class until it is settled which Machine gets
/// it; until then classes pass servers on to each other where that lets one more Machine in (augmenting paths). Whoever was let in stays in.
/// </summary>
/// <param name="fits">For each class the servers that would do for it, best first.</param>
internal sealed class Seating(IReadOnlyList<ServerSet> fits, int servers)
{
    private const int Nobody = -1;

    private readonly int[] _holder = Filled(servers, Nobody);
    private readonly ServerSet _free = Full(servers);
    private readonly ServerSet _settled = new(servers);
    private readonly ServerSet _seen = new(servers);
    private readonly ServerSet _exhausted = new(servers);
    private readonly Queue<int> _toSearch = new();
    private readonly List<int> _searched = [];
    private readonly (int From, int Server, int Search)[] _reached = new (int, int, int)[fits.Count];
    private readonly ServerSet _goal = new(servers);
    private readonly HashSet<int>?[] _closed = new HashSet<int>?[fits.Count];
    private int _search;

    /// <summary>Servers that a Machine has for good.</summary>
    public ServerSet Settled => _settled;

    /// <summary>One more Machine of this class, if there is a way to serve it beside all that were let in before.</summary>
    public bool TryAdmit(int machineClass)
    {
        if (TryReach(machineClass, taken: -1, endAt: Nobody, _exhausted)) return true;
        // What was searched in vain leads nowhere ever after: the servers there are all held, and by classes that can use nothing else.
        for (var server = _seen.Next(0, null, null); server >= 0; server = _seen.Next(server + 1, null, null)) _exhausted.Add(server);
        return false;
    }

    /// <summary>Gives the server to a Machine of this class that was let in, if everybody else who was let in can still be served.</summary>
    public bool TrySettle(int machineClass, int server)
    {
        var holder = _holder[server];
        if (holder == Nobody)
        {
            Free(WorstHeldBy(machineClass));
        }
        else if (holder != machineClass)
        {
            // Classes that have nothing free among them and hold all that any of them can use go on like that, and only one of them can be given way to.
            if (_closed[holder] is { } circle && !circle.Contains(machineClass)) return false;
            if (!TryReach(holder, taken: server, endAt: machineClass, excluded: null))
            {
                HashSet<int> closed = [.. _searched];
                foreach (var searched in _searched) _closed[searched] = closed;
                return false;
            }
        }

        _holder[server] = Nobody;
        _free.Remove(server);
        _settled.Add(server);
        return true;
    }

    /// <summary>Finds one more server for a class: a free one, or one of <paramref name="endAt"/>, with classes between that each have another to pass on.</summary>
    private bool TryReach(int start, int taken, int endAt, ServerSet? excluded)
    {
        _search++;
        _searched.Clear();
        _toSearch.Clear();
        _seen.Clear();
        _seen.UnionWith(excluded ?? _settled);
        if (taken >= 0) _seen.Add(taken);
        _goal.Clear();
        _goal.UnionWith(_free);
        for (var server = endAt == Nobody ? -1 : NextHeldBy(endAt, 0); server >= 0; server = NextHeldBy(endAt, server + 1)) _goal.Add(server);

        Enqueue(start, from: Nobody, server: -1);
        while (_toSearch.TryDequeue(out var here))
        {
            if (fits[here].Next(0, alsoIn: _goal, notIn: _seen) is >= 0 and var end) return PassOn(here, end, endAt);
            for (var server = fits[here].Next(0, null, notIn: _seen); server >= 0; server = fits[here].Next(server + 1, null, notIn: _seen))
            {
                _seen.Add(server);
                if (_reached[_holder[server]].Search != _search) Enqueue(_holder[server], here, server);
            }
        }

        return false;
    }

    private void Enqueue(int machineClass, int from, int server)
    {
        _reached[machineClass] = (from, server, _search);
        _toSearch.Enqueue(machineClass);
        _searched.Add(machineClass);
    }

    private bool PassOn(int last, int end, int endAt)
    {
        var wasFree = _free[end];
        _free.Remove(end);
        for (var (holder, server) = (last, end); holder != Nobody; (holder, server) = (_reached[holder].From, _reached[holder].Server)) _holder[server] = holder;
        // Who takes the one that began this gives one of its own back, unless that is where the way ended.
        if (wasFree && endAt != Nobody) Free(WorstHeldBy(endAt));
        return true;
    }

    private void Free(int server)
    {
        _holder[server] = Nobody;
        _free.Add(server);
    }

    private int NextHeldBy(int machineClass, int from) => Array.IndexOf(_holder, machineClass, from);

    private int WorstHeldBy(int machineClass) => Array.LastIndexOf(_holder, machineClass);

    private static int[] Filled(int size, int value)
    {
        var filled = new int[size];
        Array.Fill(filled, value);
        return filled;
    }

    private static ServerSet Full(int size)
    {
        var full = new ServerSet(size);
        for (var i = 0; i < size; i++) full.Add(i);
        return full;
    }
}
