using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>What happened, in its order, as a hash: two runs of one seed have the same one or the simulation is not deterministic.</summary>
internal sealed class Trace(TimeProvider clock) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public int Lines { get; private set; }

    /// <summary>Hears of each line, for whoever wants to compare two runs.</summary>
    public Action<string>? Listener { get; set; }

    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash())[..16];

    public void Write(string what)
    {
        Lines++;
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss.fffffff} {what}\n");
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        Listener?.Invoke(line);
    }

    public void Dispose() => _hash.Dispose();
}
