using System.Numerics;

namespace Caphr.Actors.Allocation;

/// <summary>A set of places in the pool, a bit for each: thousands of Machines ask of thousands of servers at every look.</summary>
internal sealed class ServerSet(int size)
{
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[(size + WordBits - 1) / WordBits];

    public int Size => size;

    public bool this[int server] => (_words[server / WordBits] & (1UL << (server % WordBits))) != 0;

    public void Add(int server) => _words[server / WordBits] |= 1UL << (server % WordBits);

    public void Remove(int server) => _words[server / WordBits] &= ~(1UL << (server % WordBits));

    public void UnionWith(ServerSet other)
    {
        for (var i = 0; i < _words.Length; i++) _words[i] |= other._words[i];
    }

    public void Clear() => Array.Clear(_words);

    /// <summary>The first at <paramref name="from"/> or behind it that is here and in the other set and not in the third; -1 if there is none.</summary>
    public int Next(int from, ServerSet? alsoIn, ServerSet? notIn)
    {
        var mask = ulong.MaxValue << (from % WordBits);
        for (var i = from / WordBits; i < _words.Length; i++, mask = ulong.MaxValue)
        {
            var word = _words[i] & mask & (alsoIn?._words[i] ?? ulong.MaxValue) & ~(notIn?._words[i] ?? 0);
            if (word != 0) return (i * WordBits) + BitOperations.TrailingZeroCount(word);
        }

        return -1;
    }
}
