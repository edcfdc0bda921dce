namespace Caphr.Protocols.Rescue;

/// <summary>Whom we are willing to talk to.</summary>
public abstract record HostKeyPolicy
{
    private HostKeyPolicy() { }

    internal abstract bool Accepts(HostKey key);

    /// <summary>
    /// Whoever answers first. Only right at the first contact with a boot: the caller pins what it saw
    /// (<see cref="RescueSession.HostKey"/>) for the rest of that boot, and never across boots.
    /// </summary>
    public sealed record FirstSight : HostKeyPolicy
    {
        internal override bool Accepts(HostKey key) => true;
    }

    /// <summary>A key with one of these fingerprints: <c>SHA256:…</c>, or MD5 in hexadecimal pairs as Robot reports it.</summary>
    public sealed record Pinned(params IReadOnlyList<string> Fingerprints) : HostKeyPolicy
    {
        internal override bool Accepts(HostKey key) => Fingerprints.Any(key.HasFingerprint);
    }
}
