using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos.Certificates;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>
/// The CAs a node's API certificate can come from. A control plane brings its own in <c>machine.ca</c>; a worker has only the certificate
/// and would ask a control plane (trustd) to sign, in whose place the Lab looks the key up here.
/// </summary>
public sealed class LabAuthorities
{
    private readonly ConcurrentDictionary<string, TalosAuthority> _byThumbprint = new(StringComparer.Ordinal);

    /// <summary>The authority stays the caller's to dispose.</summary>
    public void Register(TalosAuthority authority) => _byThumbprint[authority.Certificate.Thumbprint] = authority;

    /// <summary>Null when nobody can sign for this configuration's node; its API then stays silent, as a worker's does without trustd.</summary>
    public TalosAuthority? For(string machineConfiguration)
    {
        if (KnownConfigurations.MainOf(machineConfiguration) is not { } main) return null;
        if (Pem(main.Find("machine", "ca", "crt")) is not { } pem) return null;
        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem);
            if (Pem(main.Find("machine", "ca", "key")) is { } keyPem && Ed25519Key.TryReadPem(keyPem) is { } key)
                return _byThumbprint.GetOrAdd(certificate.Thumbprint, _ => new TalosAuthority(certificate, key));

            using (certificate) return _byThumbprint.GetValueOrDefault(certificate.Thumbprint);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string? Pem(YamlNode? node)
    {
        if (node is not YamlScalarNode { Value: { Length: > 0 } text }) return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }
}
