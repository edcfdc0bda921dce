using System.Security.Cryptography;
using System.Text;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>Saves the newcomer an ssh-keygen: a cluster's SSH Secret that does not exist is made, with one key for the whole Lab.</summary>
internal sealed class RescueKeys : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IEnumerable<Write> Plan(Observed observed) =>
        from cluster in observed.InfraClusters
        where !cluster.Metadata.BeingDeleted && cluster.Spec.SshSecretRef.Name.Length > 0
        let wanted = cluster.Spec.SshSecretRef
        let key = new ObjectKey(wanted.Namespace is { Length: > 0 } named ? named : cluster.Metadata.Namespace, wanted.Name)
        where !observed.Secrets.Contains(key)
        select new Write.Create<Secret>(new Secret
        {
            Metadata = new ObjectMeta { Name = key.Name, Namespace = key.Namespace },
            Type = "Opaque",
            Data = new Dictionary<string, byte[]> { ["ssh-privatekey"] = Encoding.ASCII.GetBytes(_key.ExportECPrivateKeyPem()) },
        });

    public void Dispose() => _key.Dispose();
}
