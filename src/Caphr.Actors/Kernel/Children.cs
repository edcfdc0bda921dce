using System.Diagnostics.CodeAnalysis;

namespace Caphr.Actors.Kernel;

/// <summary>
/// The living children of a cell. Guarded by a lock, because the top of the tree is populated from outside and the whole tree can be looked at
/// from anywhere.
/// </summary>
internal sealed class Children
{
    private readonly Lock _gate = new();
    private Dictionary<string, (ActorCell Cell, RestartHistory History)>? _byName;
    private bool _closed;

    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _byName is not { Count: > 0 };
        }
    }

    public IReadOnlyList<ActorCell> All
    {
        get
        {
            lock (_gate) return _byName is null ? [] : [.. _byName.Values.Select(child => child.Cell)];
        }
    }

    public void Add(ActorCell child)
    {
        lock (_gate)
        {
            if (_closed) throw new InvalidOperationException($"{child.Path} cannot be started: its parent is stopping.");
            _byName ??= [];
            if (!_byName.TryAdd(child.Path.Name, (child, new RestartHistory()))) throw new InvalidOperationException($"{child.Path} already exists.");
        }
    }

    public ActorCell? Find(string name)
    {
        lock (_gate) return _byName is not null && _byName.TryGetValue(name, out var child) ? child.Cell : null;
    }

    public bool TryGetHistory(ActorCell child, [NotNullWhen(true)] out RestartHistory? history)
    {
        lock (_gate)
        {
            history = _byName is not null && _byName.TryGetValue(child.Path.Name, out var found) && found.Cell == child ? found.History : null;
            return history is not null;
        }
    }

    public void Remove(ActorCell child)
    {
        lock (_gate) _byName?.Remove(child.Path.Name);
    }

    /// <summary>Tells all children to stop and, until <see cref="Open"/>, takes no new ones.</summary>
    public void CloseAndStop()
    {
        lock (_gate) _closed = true;
        foreach (var child in All) child.Post(new SystemMessage.Stop());
    }

    public void Open()
    {
        lock (_gate) _closed = false;
    }
}
