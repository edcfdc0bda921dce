using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrct")]
[Description("HetznerRobotClusterTemplate is what a ClusterClass makes HetznerRobotClusters from.")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
public sealed record HetznerRobotClusterTemplate : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotClusterTemplate));

    [Required]
    [Description("The template.")]
    public HetznerRobotClusterTemplateSpec Spec { get; init; } = new();
}

public sealed record HetznerRobotClusterTemplateSpec
{
    [Required]
    [Description("What each cluster is made from.")]
    public HetznerRobotClusterTemplateResource Template { get; init; } = new();
}

public sealed record HetznerRobotClusterTemplateResource
{
    [Description("Labels and annotations of each cluster.")]
    public TemplateMetadata? Metadata { get; init; }

    [Required]
    [Description("The spec of each cluster.")]
    public HetznerRobotClusterSpec Spec { get; init; } = new();
}
