namespace Caphr.Host.Robot;

/// <summary>Answers that were given before, by what was asked. Beyond its limit it forgets the oldest.</summary>
internal sealed class ReadCache
{
    /// <summary>A gateway for each of some thousand servers, and the lists.</summary>
    private const int Limit = 1 << 14;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(string Path, Entry Entry)> _oldest = [];

    public bool TryFind(string path, DateTimeOffset notBefore, out object? known)
    {
        known = null;
        if (!_entries.TryGetValue(path, out var entry) || entry.AskedAt < notBefore) return false;
        known = entry.Value;
        return true;
    }

    /// <param name="askedAt">What the answer tells may have changed since it was asked for.</param>
    public void Keep(string path, object? value, DateTimeOffset askedAt)
    {
        var entry = new Entry(value, askedAt);
        _entries[path] = entry;
        _oldest.Enqueue((path, entry));
        while (_oldest.Count > Limit) Forget(_oldest.Dequeue());
    }

    /// <summary>Something was changed under this first part of the path.</summary>
    public void Forget(string family)
    {
        foreach (var path in _entries.Keys.Where(path => path.Split('/')[1] == family).ToList()) _entries.Remove(path);
    }

    public void Clear()
    {
        _entries.Clear();
        _oldest.Clear();
    }

    private void Forget((string Path, Entry Entry) old)
    {
        if (_entries.TryGetValue(old.Path, out var present) && ReferenceEquals(present, old.Entry)) _entries.Remove(old.Path);
    }

    private sealed record Entry(object? Value, DateTimeOffset AskedAt);
}
