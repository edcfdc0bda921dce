using System.Globalization;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes.Informers;

/// <summary>
/// What is known of the objects of one selection. One writer, any number of readers. Everything put in is compared with what was known, so
/// that repeated and overtaken deliveries change nothing and are told to nobody. The order of the objects follows from what was delivered
/// alone, so that the same deliveries lead to the same decisions in every process.
/// </summary>
internal sealed class ObjectCache<T>
    where T : KubernetesObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _known = [];

    public int Count
    {
        get
        {
            lock (_gate) return _known.Count;
        }
    }

    public T? Find(ObjectKey key)
    {
        lock (_gate) return _known.GetValueOrDefault(key);
    }

    public IReadOnlyList<T> All()
    {
        lock (_gate) return [.. _known.Values];
    }

    /// <summary>A watch's word on one object. An older version than the known one is an echo.</summary>
    public IEnumerable<Change<T>> Put(T item)
    {
        if (Find(item.Key) is { } known && SameIncarnation(known, item) && IsOlder(item, known)) return [];
        return Store(item, Find(item.Key));
    }

    /// <summary>A watch's word that an object is gone; it may be an echo about an earlier object of the same name.</summary>
    public IEnumerable<Change<T>> Remove(T item)
    {
        if (Find(item.Key) is not { } known || !SameIncarnation(known, item)) return [];
        Forget(item.Key);
        return [new Change<T>(ChangeKind.Deleted, item)];
    }

    /// <summary>A list's word on everything. It is the truth even where its versions are smaller: the server's store was restored from a backup.</summary>
    public IEnumerable<Change<T>> Reset(IReadOnlyList<T> items)
    {
        var listed = items.Select(item => item.Key).ToHashSet();
        foreach (var gone in All().Where(known => !listed.Contains(known.Key)))
        {
            Forget(gone.Key);
            yield return new Change<T>(ChangeKind.Deleted, gone);
        }

        foreach (var item in items)
        {
            foreach (var change in Store(item, Find(item.Key))) yield return change;
        }
    }

    private IEnumerable<Change<T>> Store(T item, T? known)
    {
        if (known is not null && SameIncarnation(known, item) && known.Metadata.ResourceVersion == item.Metadata.ResourceVersion) return [];
        lock (_gate) _known[item.Key] = item;
        if (known is null) return [new Change<T>(ChangeKind.Added, item)];
        // Deleted and created again between two looks: whoever acts on the first incarnation must hear of its end.
        if (!SameIncarnation(known, item)) return [new Change<T>(ChangeKind.Deleted, known), new Change<T>(ChangeKind.Added, item)];
        return [new Change<T>(ChangeKind.Modified, item)];
    }

    private void Forget(ObjectKey key)
    {
        lock (_gate) _known.Remove(key);
    }

    private static bool SameIncarnation(T one, T other) => one.Metadata.Uid == other.Metadata.Uid;

    // Versions of one kind can be compared as numbers since Kubernetes 1.35 says so; etcd's always could.
    private static bool IsOlder(T one, T than) =>
        ulong.TryParse(one.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out var mine)
        && ulong.TryParse(than.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out var theirs)
        && mine < theirs;
}
