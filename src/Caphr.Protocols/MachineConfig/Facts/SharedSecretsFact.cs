using Caphr.Protocols.Talos;

namespace Caphr.Protocols.MachineConfig.Facts;

internal sealed class SharedSecretsFact : IHardwareFact
{
    private const string Because = "so that all control planes of the cluster are alike";

    public string Name => "shared secrets";

    public string From => "the bundle that the cluster's talosSecretRef names; control planes only";

    public string Why => "A control plane with another secretbox key cannot read what the others wrote to etcd, and one with another service account key refuses their tokens. So what the bundle says goes before what was generated.";

    public string Target(TalosVersion version) =>
        version.IsAtLeast(14)
            ? "cluster.secretboxEncryptionSecret and cluster.serviceAccount.key; KubeEtcdEncryptionConfig and KubeServiceAccountConfig are left alone"
            : "cluster.secretboxEncryptionSecret and cluster.serviceAccount.key";

    public Placing Place(ConfigurationDocuments documents, HardwareFacts facts, TalosVersion version)
    {
        var placing = new Placing(documents);
        if (facts.SharedSecrets is not { } secrets || documents.Main.Text("machine", "type") is not ("controlplane" or "init")) return placing;

        placing = Put(placing, Spot.Main("cluster", "secretboxEncryptionSecret"), secrets.SecretboxKey, "KubeEtcdEncryptionConfig");
        return Put(placing, Spot.Main("cluster", "serviceAccount", "key"), secrets.ServiceAccountKey, "KubeServiceAccountConfig");
    }

    private static Placing Put(Placing placing, Spot at, string? secret, string document)
    {
        if (secret is null) return placing;
        return placing.Documents.Document(document) is null
            ? placing.PutSecret(at, secret, Because)
            : placing.Keep(at.Key, Placing.Masked, $"the configuration has a document {document}");
    }
}
