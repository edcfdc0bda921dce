using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.Talos;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.StandIns;

/// <summary>
/// The Talos bootstrap provider: one secrets bundle and one talosconfig per Cluster, one machine configuration per TalosConfig. It makes bundles and never
/// reads them, so a Cluster that came with a bundle of its own gets no configurations here.
/// </summary>
internal sealed class TalosBootstrap(LabAuthorities authorities, TimeProvider clock, Random random) : IDisposable
{
    private const string AccessSuffix = "-talosconfig";

    private static readonly TimeSpan s_accessLife = TimeSpan.FromDays(365);
    private static readonly TalosVersion s_defaultVersion = new(1, 12, 0);

    private readonly Dictionary<ObjectKey, LabTalosCluster> _clusters = [];

    public IEnumerable<Write> Plan(Observed observed) =>
    [
        .. observed.Machines.Where(machine => !machine.Metadata.BeingDeleted).SelectMany(machine => Plan(machine, observed)),
        .. observed.Clusters.Where(cluster => !cluster.Metadata.BeingDeleted && cluster.Spec.Paused != true).SelectMany(cluster => Access(cluster, observed)),
    ];

    public static bool IsAccess(Secret secret) => secret.Metadata.Name.EndsWith(AccessSuffix, StringComparison.Ordinal);

    public void Dispose()
    {
        foreach (var cluster in _clusters.Values) cluster.Dispose();
    }

    private IEnumerable<Write> Plan(CoreMachine machine, Observed observed)
    {
        // The provider acts for owned objects only; the owner is what the configuration is for.
        if (observed.BootstrapOf(machine) is not { } config || config.Metadata.OwnerOf(Machine.Resource) is null) yield break;
        if (config.Status.DataSecretName is { Length: > 0 }) yield break;
        if (machine.Spec.Bootstrap.DataSecretName is { Length: > 0 } known)
        {
            // Said before, and lost with the status when the objects were moved.
            if (observed.Secrets.Contains(new ObjectKey(machine.Metadata.Namespace, known))) yield return Finished(config, known);
            yield break;
        }

        if (observed.ClusterOf(machine) is not { } cluster || cluster.Status.Initialization.InfrastructureProvisioned != true) yield break;
        if (Secrets(cluster, observed) is not { } secrets) yield break;

        if (!observed.Secrets.Contains(BundleOf(cluster)))
            yield return Secret(BundleOf(cluster), cluster, Owners.Of(cluster, controller: null), "bundle", secrets.BundleYaml);
        var data = new ObjectKey(machine.Metadata.Namespace, $"{machine.Metadata.Name}-bootstrap-data");
        if (!observed.Secrets.Contains(data))
            yield return Secret(data, cluster, Owners.Of(config, controller: true), "value", secrets.MachineConfiguration(Role(config), Version(config)));
        else
            yield return Finished(config, data.Name);
    }

    /// <summary>How a person reaches the nodes' Talos API: made anew whenever the control plane has other addresses.</summary>
    private IEnumerable<Write> Access(CoreCluster cluster, Observed observed)
    {
        if (!_clusters.TryGetValue(cluster.Key, out var secrets)) yield break;
        var endpoints = observed.MachinesOf(cluster).Where(machine => machine.IsControlPlane).SelectMany(machine => machine.Status.Addresses)
            .Where(address => address.Type is AddressType.InternalIP or AddressType.ExternalIP).Select(address => address.Address)
            .Distinct().Order(StringComparer.Ordinal).ToList();
        if (endpoints.Count == 0) yield break;

        var key = new ObjectKey(cluster.Metadata.Namespace, cluster.Metadata.Name + AccessSuffix);
        var listed = $"endpoints: [{string.Join(", ", endpoints)}]";
        if (!observed.TalosAccess.TryGetValue(key, out var present))
            yield return Secret(key, cluster, Owners.Of(cluster, controller: null), "talosconfig", Talosconfig(cluster, secrets, listed));
        else if (present.Text("talosconfig")?.Contains(listed, StringComparison.Ordinal) != true)
            yield return new Write.Change<Secret>(present, new JsonObject { ["data"] = new JsonObject { ["talosconfig"] = Base64(Talosconfig(cluster, secrets, listed)) } });
    }

    private string Talosconfig(CoreCluster cluster, LabTalosCluster secrets, string endpoints)
    {
        using var admin = TalosClientCertificate.Mint(secrets.Authority, TalosRole.Admin, s_accessLife, clock.GetUtcNow());
        using var key = admin.Certificate.GetECDsaPrivateKey()!;
        return $"""
            context: {cluster.Metadata.Name}
            contexts:
                {cluster.Metadata.Name}:
                    {endpoints}
                    ca: {Base64(secrets.Authority.Certificate.ExportCertificatePem())}
                    crt: {Base64(admin.Certificate.ExportCertificatePem())}
                    key: {Base64(key.ExportECPrivateKeyPem())}

            """;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ObjectKey BundleOf(CoreCluster cluster) => new(cluster.Metadata.Namespace, $"{cluster.Metadata.Name}-talos");

    private static LabMachineRole Role(TalosConfig config) => config.Spec.GenerateType == "worker" ? LabMachineRole.Worker : LabMachineRole.ControlPlane;

    private static TalosVersion Version(TalosConfig config) => TalosVersion.TryParse(config.Spec.TalosVersion, out var version) ? version : s_defaultVersion;

    private static Write.Create<Secret> Secret(ObjectKey key, CoreCluster cluster, OwnerReference owner, string field, string text) => new(new Secret
    {
        Metadata = new ObjectMeta
        {
            Name = key.Name,
            Namespace = key.Namespace,
            Labels = new Dictionary<string, string> { [ClusterApi.ClusterNameLabel] = cluster.Metadata.Name },
            OwnerReferences = [owner],
        },
        Type = "cluster.x-k8s.io/secret",
        Data = new Dictionary<string, byte[]> { [field] = Encoding.UTF8.GetBytes(text) },
    });

    private static Write.Change<TalosConfig> Finished(TalosConfig config, string secret) => new(
        config,
        new JsonObject
        {
            ["status"] = new JsonObject { ["dataSecretName"] = secret, ["ready"] = true, ["initialization"] = new JsonObject { ["dataSecretCreated"] = true } },
        },
        ToStatus: true);

    private LabTalosCluster? Secrets(CoreCluster cluster, Observed observed)
    {
        if (_clusters.TryGetValue(cluster.Key, out var known)) return known;
        if (observed.Secrets.Contains(BundleOf(cluster)) || cluster.Spec.ControlPlaneEndpoint is not { Host: { Length: > 0 } host } endpoint) return null;
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://{host}:{endpoint.Port ?? 6443}"));
        var secrets = new LabTalosCluster(cluster.Metadata.Name, address, clock, random);
        authorities.Register(secrets.Authority);
        return _clusters[cluster.Key] = secrets;
    }
}
