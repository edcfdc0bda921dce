using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Lab.StandIns;

/// <summary>Objects made from templates, as Cluster API makes them: whoever reads the copy can tell what it was made from.</summary>
internal static class Cloning
{
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    public static string RandomSuffix(this Random random) => random.GetString(NameLetters, 5);

    public static HetznerRobotMachine Clone(this HetznerRobotMachineTemplate template, string name, string cluster, TemplateMetadata? labelled, OwnerReference owner) => new()
    {
        Metadata = CopyOf(template, template.Spec.Template.Metadata, name, cluster, labelled, owner),
        Spec = template.Spec.Template.Spec,
    };

    public static TalosConfig Clone(this TalosConfigTemplate template, string name, string cluster, TemplateMetadata? labelled, OwnerReference owner) => new()
    {
        Metadata = CopyOf(template, template.Spec.Template.Metadata, name, cluster, labelled, owner),
        Spec = template.Spec.Template.Spec,
    };

    /// <param name="template">What is copied.</param>
    /// <param name="own">Labels and annotations that the template has for its copies.</param>
    /// <param name="labelled">Those of the Machine that the copy is for, which count more.</param>
    public static ObjectMeta CopyOf<T>(T template, TemplateMetadata? own, string name, string cluster, TemplateMetadata? labelled, OwnerReference owner)
        where T : KubernetesObject, IKubernetesResource => new()
        {
            Name = name,
            Namespace = template.Metadata.Namespace,
            Labels = Merge(own?.Labels, labelled?.Labels, (ClusterApi.ClusterNameLabel, cluster)),
            Annotations = Merge(
                own?.Annotations,
                labelled?.Annotations,
                (CoreNames.ClonedFromNameAnnotation, template.Metadata.Name),
                (CoreNames.ClonedFromKindAnnotation, $"{T.Resource.Kind}.{T.Resource.Group}")),
            OwnerReferences = [owner],
        };

    public static IReadOnlyDictionary<string, string> Merge(
        IReadOnlyDictionary<string, string>? first, IReadOnlyDictionary<string, string>? second, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var merged = new Dictionary<string, string>(first ?? new Dictionary<string, string>());
        foreach (var (key, value) in second ?? new Dictionary<string, string>()) merged[key] = value;
        foreach (var (key, value) in more) merged[key] = value;
        return merged;
    }
}
