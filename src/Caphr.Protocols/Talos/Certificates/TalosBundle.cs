using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>
/// The cluster's secrets as the Talos bootstrap provider keeps them (Secret <c>&lt;cluster&gt;-talos</c>, key <c>bundle</c>). CAPHR takes
/// the OS CA from it and leaves the rest unread.
/// </summary>
public sealed class TalosBundle : IDisposable
{
    private TalosBundle(TalosAuthority authority) => Authority = authority;

    public TalosAuthority Authority { get; }

    public static Outcome<TalosBundle, TalosFailure> Parse(string yaml)
    {
        YamlNode? root;
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            root = stream.Documents.Count == 1 ? stream.Documents[0].RootNode : null;
        }
        catch (Exception exception) when (YamlTrouble.Is(exception))
        {
            // The place only: the text beside it may be a key.
            return Unreadable($"it is no YAML (line {YamlTrouble.PlaceOf(exception).Line})");
        }

        var pair = root.At("certs").At("os");
        if (Pem(pair.At("crt")) is not { } certificatePem) return Unreadable("certs.os.crt is missing or no base64");
        if (Pem(pair.At("key")) is not { } keyPem) return Unreadable("certs.os.key is missing or no base64");
        if (Ed25519Key.TryReadPem(keyPem) is not { } key) return Unreadable("certs.os.key is no Ed25519 key");

        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificatePem);
            if (certificate.PublicKey.EncodedKeyValue.RawData.AsSpan().SequenceEqual(key.PublicKey.EncodedKeyValue.RawData))
                return new TalosBundle(new TalosAuthority(certificate, key));

            certificate.Dispose();
            key.Dispose();
            return Unreadable("certs.os.key does not belong to certs.os.crt");
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return Unreadable("certs.os.crt is no certificate");
        }
    }

    public override string ToString() => $"Talos bundle of {Authority}";

    public void Dispose() => Authority.Dispose();

    private static TalosFailure Unreadable(string why) => new(TalosError.BundleUnreadable, $"The Talos bundle cannot be read: {why}.");

    private static string? Pem(YamlNode? node)
    {
        if (node is not YamlScalarNode { Value: { Length: > 0 } text }) return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }
}

internal static class YamlNodes
{
    /// <summary>The value under a key, or null wherever there is none.</summary>
    public static YamlNode? At(this YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
}
