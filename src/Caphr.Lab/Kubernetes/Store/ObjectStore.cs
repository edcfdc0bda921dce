using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Schema;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Store;

/// <summary>
/// All objects, one counter of revisions for all of them, and a bounded history that watches read from. The history is the only queue:
/// a watcher that falls behind it is told that its version is gone, as with etcd.
/// </summary>
internal sealed class ObjectStore(int historyLimit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GroupResource, SortedDictionary<ObjectKey, StoredObject>> _objects = [];
    private readonly List<Change> _history = [];
    private long _revision = 1;
    private long _compacted = 1;
    private readonly Dictionary<Bell, GroupResource?> _listening = [];

    public long Revision
    {
        get
        {
            lock (_gate) return _revision;
        }
    }

    /// <summary>The newest revision that can no longer be watched from.</summary>
    public long Compacted
    {
        get
        {
            lock (_gate) return _compacted;
        }
    }

    public StoredObject? Find(ObjectKey key)
    {
        lock (_gate) return _objects.GetValueOrDefault(key.Resource)?.GetValueOrDefault(key);
    }

    public IReadOnlyList<StoredObject> All()
    {
        lock (_gate) return [.. _objects.Values.SelectMany(kind => kind.Values)];
    }

    /// <summary>Begins with these objects, before anybody has written or looked.</summary>
    public void Restore(IReadOnlyList<StoredObject> objects, long revision)
    {
        lock (_gate)
        {
            foreach (var item in objects) Kind(item.Key.Resource).Add(item.Key, item);
            _revision = revision;
        }
    }

    /// <summary>Objects of one kind in the order of their keys, and the revision at which that was true.</summary>
    public (IReadOnlyList<StoredObject> Items, long Revision) List(GroupResource resource, string? inNamespace)
    {
        lock (_gate)
        {
            return ([.. Kind(resource).Values.Where(item => inNamespace is null || item.Key.Namespace == inNamespace)], _revision);
        }
    }

    /// <summary>The list as it was at an earlier revision, by taking back what happened since; null once that is compacted.</summary>
    public IReadOnlyList<StoredObject>? ListAt(GroupResource resource, string? inNamespace, long revision)
    {
        lock (_gate)
        {
            if (revision < _compacted) return null;
            var then = new SortedDictionary<ObjectKey, StoredObject>(Kind(resource), ByNamespaceThenName.Order);
            for (var i = _history.Count - 1; i >= 0 && _history[i].Revision > revision; i--)
            {
                var change = _history[i];
                if (change.Object.Key.Resource != resource) continue;
                if (change.Before is { } before) then[before.Key] = before;
                else then.Remove(change.Object.Key);
            }

            return [.. then.Values.Where(item => inNamespace is null || item.Key.Namespace == inNamespace)];
        }
    }

    /// <summary>Writes the document if the object is still at the expected revision (null: does not exist); null when it is not.</summary>
    public StoredObject? Put(ObjectKey key, long? expected, JsonObject document, SchemaNode? schema)
    {
        lock (_gate)
        {
            var kind = Kind(key.Resource);
            var before = kind.GetValueOrDefault(key);
            if (before?.Revision != expected) return null;
            var stored = StoredObject.Freeze(key, ++_revision, document, schema);
            kind[key] = stored;
            Record(new Change(before is null ? ChangeKind.Added : ChangeKind.Modified, stored, before));
            return stored;
        }
    }

    public StoredObject? Remove(ObjectKey key, long expected)
    {
        lock (_gate)
        {
            var kind = Kind(key.Resource);
            if (kind.GetValueOrDefault(key) is not { } before || before.Revision != expected) return null;
            var last = before.Buried(++_revision);
            kind.Remove(key);
            Record(new Change(ChangeKind.Deleted, last, before));
            return last;
        }
    }

    /// <summary>What happened after a revision, or null when the history no longer reaches back so far.</summary>
    public Feed? ReadAfter(long revision)
    {
        lock (_gate)
        {
            if (revision < _compacted) return null;
            var first = _history.Count;
            while (first > 0 && _history[first - 1].Revision > revision) first--;
            return new Feed(_history[first..], _revision);
        }
    }

    /// <summary>Forgets all history, so that every older resourceVersion is gone.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _compacted = _revision;
        }
    }

    /// <summary>Rings the bell at every change, or only at those of one kind, until the returned value is disposed.</summary>
    public IDisposable Tell(Bell bell, GroupResource? only = null)
    {
        lock (_gate) _listening.Add(bell, only);
        return new Listener(this, bell);
    }

    private SortedDictionary<ObjectKey, StoredObject> Kind(GroupResource resource)
    {
        if (!_objects.TryGetValue(resource, out var kind)) _objects[resource] = kind = new(ByNamespaceThenName.Order);
        return kind;
    }

    private void Record(Change change)
    {
        _history.Add(change);
        if (_history.Count > historyLimit)
        {
            // A tenth at a time, so that a full history does not shift on every write.
            var dropped = Math.Max(1, historyLimit / 10);
            _compacted = _history[dropped - 1].Revision;
            _history.RemoveRange(0, dropped);
        }

        foreach (var (bell, only) in _listening)
        {
            if (only is null || only == change.Object.Key.Resource) bell.Ring();
        }
    }

    private sealed class Listener(ObjectStore store, Bell bell) : IDisposable
    {
        public void Dispose()
        {
            lock (store._gate) store._listening.Remove(bell);
        }
    }

    private sealed class ByNamespaceThenName : IComparer<ObjectKey>
    {
        public static readonly ByNamespaceThenName Order = new();

        public int Compare(ObjectKey x, ObjectKey y) =>
            string.CompareOrdinal(x.Namespace, y.Namespace) is not 0 and var byNamespace ? byNamespace : string.CompareOrdinal(x.Name, y.Name);
    }
}
