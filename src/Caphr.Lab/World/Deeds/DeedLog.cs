namespace Caphr.Lab.World.Deeds;

/// <summary>Everything that was done to the world from outside, in order.</summary>
public sealed class DeedLog(LabTime time)
{
    private readonly Lock _gate = new();
    private readonly List<Deed> _deeds = [];

    public IReadOnlyList<Deed> All()
    {
        lock (_gate) return [.. _deeds];
    }

    internal void Write(int server, DeedKind kind, string what = "")
    {
        lock (_gate) _deeds.Add(new Deed(time.Elapsed, server, kind, what));
    }
}
