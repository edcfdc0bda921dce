using System.Globalization;
using System.Text;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Talos;

public enum LabMachineRole
{
    ControlPlane,
    Worker,
}

/// <summary>
/// A cluster's secrets, and the machine configurations made from them: the Lab's stand-in for the Talos bootstrap provider. As there,
/// a configuration knows nothing of hardware; no install disk, no addresses.
/// </summary>
public sealed class LabTalosCluster : IDisposable
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(3650);

    private readonly Secrets _secrets;

    public LabTalosCluster(string name, Uri endpoint, TimeProvider clock, Random random)
    {
        Name = name;
        Endpoint = endpoint;
        var now = clock.GetUtcNow();
        var (certificate, key, seed) = LabCertificates.NewAuthority(now, s_lifetime);
        Authority = new TalosAuthority(certificate, key);
        var kubernetes = LabCertificates.NewEcdsaAuthority("kubernetes", now, s_lifetime);
        var etcd = LabCertificates.NewEcdsaAuthority("etcd", now, s_lifetime);
        _secrets = new Secrets(
            OsCrt: Base64(certificate.ExportCertificatePem()),
            OsKey: Base64(LabCertificates.Ed25519Pem(seed)),
            KubernetesCrt: Base64(kubernetes.Certificate),
            KubernetesKey: Base64(kubernetes.Key),
            EtcdCrt: Base64(etcd.Certificate),
            EtcdKey: Base64(etcd.Key),
            MachineToken: Token(random),
            BootstrapToken: Token(random),
            ClusterId: Base64(random, 32),
            ClusterSecret: Base64(random, 32),
            SecretboxKey: Base64(random, 32));
    }

    public string Name { get; }

    public Uri Endpoint { get; }

    public TalosAuthority Authority { get; }

    /// <summary>What the Secret <c>&lt;cluster&gt;-talos</c> holds under <c>bundle</c>.</summary>
    public string BundleYaml => $"""
        cluster:
            id: {_secrets.ClusterId}
            secret: {_secrets.ClusterSecret}
        secrets:
            bootstraptoken: {_secrets.BootstrapToken}
            aescbcencryptionsecret: ""
            secretboxencryptionsecret: {_secrets.SecretboxKey}
        trustdinfo:
            token: {_secrets.MachineToken}
        certs:
            etcd:
                crt: {_secrets.EtcdCrt}
                key: {_secrets.EtcdKey}
            k8s:
                crt: {_secrets.KubernetesCrt}
                key: {_secrets.KubernetesKey}
            os:
                crt: {_secrets.OsCrt}
                key: {_secrets.OsKey}

        """;

    /// <summary>The value of a Machine's bootstrap Secret.</summary>
    public string MachineConfiguration(LabMachineRole role, TalosVersion version)
    {
        var controlPlane = role == LabMachineRole.ControlPlane;
        var main = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            version: v1alpha1
            debug: false
            persist: true
            machine:
                type: {(controlPlane ? "controlplane" : "worker")}
                token: {_secrets.MachineToken}
                ca:
                    crt: {_secrets.OsCrt}
                    key: {(controlPlane ? _secrets.OsKey : "\"\"")}
                certSANs: []
                kubelet:
                    image: ghcr.io/siderolabs/kubelet:v1.34.1
                    defaultRuntimeSeccompProfileEnabled: true
                    disableManifestsDirectory: true
                network: {"{}"}
                features:
                    diskQuotaSupport: true
            cluster:
                id: {_secrets.ClusterId}
                secret: {_secrets.ClusterSecret}
                controlPlane:
                    endpoint: {Endpoint.AbsoluteUri.TrimEnd('/')}
                clusterName: {Name}
                network:
                    dnsDomain: cluster.local
                token: {_secrets.BootstrapToken}
                ca:
                    crt: {_secrets.KubernetesCrt}
                    key: {(controlPlane ? _secrets.KubernetesKey : "\"\"")}

            """);
        if (controlPlane)
        {
            main.Append(CultureInfo.InvariantCulture, $"""
                    secretboxEncryptionSecret: {_secrets.SecretboxKey}
                    etcd:
                        ca:
                            crt: {_secrets.EtcdCrt}
                            key: {_secrets.EtcdKey}

                """);
        }

        if (version.HasNetworkDocuments)
        {
            main.Append("""
                ---
                apiVersion: v1alpha1
                kind: HostnameConfig
                auto: stable

                """);
        }

        return main.ToString();
    }

    public override string ToString() => $"Talos cluster {Name}";

    public void Dispose() => Authority.Dispose();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Base64(Random random, int bytes)
    {
        var value = new byte[bytes];
        random.NextBytes(value);
        return Convert.ToBase64String(value);
    }

    private static string Token(Random random) =>
        $"{random.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 6)}.{random.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 16)}";

    private sealed record Secrets(
        string OsCrt, string OsKey, string KubernetesCrt, string KubernetesKey, string EtcdCrt, string EtcdKey,
        string MachineToken, string BootstrapToken, string ClusterId, string ClusterSecret, string SecretboxKey)
    {
        public override string ToString() => "(secrets of a cluster)";
    }
}
