namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>UIDs and generated names, from one seeded source, so that a run can be repeated.</summary>
internal sealed class Identities(Random random)
{
    /// <summary>No vowels and no look-alikes, so that no generated name spells a word.</summary>
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Lock _gate = new();

    public string Uid()
    {
        var bytes = new byte[16];
        lock (_gate) random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    public string Suffix()
    {
        lock (_gate) return new string(random.GetItems<char>(Letters, 5));
    }
}
