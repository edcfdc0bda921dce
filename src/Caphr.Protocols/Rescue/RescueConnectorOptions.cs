namespace Caphr.Protocols.Rescue;

/// <summary>Limits on the conversations with rescue systems. Every one of them ends in a named error.</summary>
public sealed record RescueConnectorOptions
{
    /// <summary>Until TCP answers. A server answers at once or, while it boots, not at all; then the next SYN should not wait for the kernel, which takes longer each time.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From the first byte to a completed login. A freshly booted sshd may still be asking DNS who we are.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one command; everything longer runs detached on the server.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wiping reads and writes both ends of a disk and discards all of it, which slow disks take minutes for.</summary>
    public TimeSpan WipeTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Logins under way at once; more wait. A login costs a few milliseconds of processor, so a fleet must not log in at the same instant.</summary>
    public int ConcurrentLogins { get; init; } = 32;

    /// <summary>An answer longer than this is no answer of our agent.</summary>
    public int MaximumAnswerBytes { get; init; } = 256 * 1024;

    /// <summary>Rescue systems know root alone; another sshd, as in the tests, may know somebody else.</summary>
    public string User { get; init; } = "root";
}
