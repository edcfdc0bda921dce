using System.Text;

namespace Caphr.Actors.Journal;

/// <summary>
/// Which shard a persistent actor belongs to. The numbers are in every journal that was ever written: neither the count nor the hash may change.
/// </summary>
public static class Shards
{
    public const int Count = 128;

    /// <summary>FNV-1a over the UTF-8 bytes, folded so that all bits take part.</summary>
    public static int Of(string persistenceId)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(persistenceId)) hash = unchecked((hash ^ octet) * 16777619u);
        return (int)((hash ^ (hash >> 7) ^ (hash >> 14) ^ (hash >> 21)) % Count);
    }
}
