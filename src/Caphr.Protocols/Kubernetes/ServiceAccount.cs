using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Kubernetes;

/// <summary>The credentials kubelet mounts into a pod.</summary>
internal static class ServiceAccount
{
    public static Outcome<KubernetesConnection, KubernetesFailure> Read(string folder, Func<string, string?> environment)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
            return Broken("This process does not run in a Kubernetes pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set.");

        var address = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{address}:{port}", UriKind.Absolute, out var server))
            return Broken($"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT give no address: {address}:{port}.");

        var token = Path.Combine(folder, "token");
        var authority = Path.Combine(folder, "ca.crt");
        var @namespace = Path.Combine(folder, "namespace");
        if (!File.Exists(token)) return Broken($"The service account has no token at {token}: is automountServiceAccountToken off?");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(authority);
            return new KubernetesConnection
            {
                Server = server,
                Namespace = File.Exists(@namespace) ? File.ReadAllText(@namespace).Trim() : "default",
                TrustedAuthorities = authorities,
                Token = BearerToken.InFile(token),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return Broken($"The service account's {authority} cannot be used: {exception.Message}");
        }
    }

    private static KubernetesFailure Broken(string sentence) => new(KubernetesError.NotConfigured, sentence);
}
