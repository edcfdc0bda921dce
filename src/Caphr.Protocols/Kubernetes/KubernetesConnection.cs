using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Kubernetes;

/// <summary>Where an API server is and how we prove who we are. It prints as its address only.</summary>
public sealed class KubernetesConnection : IDisposable
{
    public required Uri Server { get; init; }

    /// <summary>The namespace the context or the service account names.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Carries requests in place of sockets and TLS; null: those.</summary>
    public Func<HttpMessageHandler>? Transport { get; init; }

    /// <summary>The certificates to trust instead of the system's, or null for the system's.</summary>
    internal X509Certificate2Collection? TrustedAuthorities { get; init; }

    internal X509Certificate2? ClientCertificate { get; init; }

    internal BearerToken? Token { get; init; }

    internal string? TlsServerName { get; init; }

    internal bool SkipTlsVerify { get; init; }

    /// <summary>Reads a kubeconfig and follows its current context.</summary>
    public static Outcome<KubernetesConnection, KubernetesFailure> FromKubeconfig(string path) => Kubeconfig.Read(path);

    /// <summary>What every pod finds: a token that is exchanged under our hands, an authority, and the address in the environment.</summary>
    public static Outcome<KubernetesConnection, KubernetesFailure> InCluster() =>
        InCluster("/var/run/secrets/kubernetes.io/serviceaccount", Environment.GetEnvironmentVariable);

    public static Outcome<KubernetesConnection, KubernetesFailure> InCluster(string serviceAccountFolder, Func<string, string?> environment) =>
        ServiceAccount.Read(serviceAccountFolder, environment);

    internal HttpMessageHandler CreateHandler() => Transport?.Invoke() ?? Sockets();

    private SocketsHttpHandler Sockets()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            // One HTTP/2 connection carries a limited number of streams, and every watch holds one for minutes.
            EnableMultipleHttp2Connections = true,
            // A peer that vanished without a word is noticed by these, not by the watch it leaves hanging.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        if (ClientCertificate is not null) handler.SslOptions.ClientCertificates = [ClientCertificate];
        if (TrustedAuthorities is not null) handler.SslOptions.CertificateChainPolicy = TrustOnly(TrustedAuthorities);
#pragma warning disable CA5359 // insecure-skip-tls-verify in the kubeconfig asks for exactly this.
        if (SkipTlsVerify) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return handler;
    }

    public void Dispose()
    {
        ClientCertificate?.Dispose();
        foreach (var authority in TrustedAuthorities ?? []) authority.Dispose();
    }

    public override string ToString() => Server.ToString();

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A cluster's own authority publishes no revocation list.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
