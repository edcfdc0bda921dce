using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>Owner references and cluster labels, as Cluster API's core sets them on the objects it finds by reference.</summary>
internal static class Owners
{
    public static OwnerReference Of<T>(T owner, bool? controller)
        where T : KubernetesObject, IKubernetesResource => new()
        {
            ApiVersion = T.Resource.ApiVersion,
            Kind = T.Resource.Kind,
            Name = owner.Metadata.Name,
            Uid = owner.Metadata.Uid ?? "",
            Controller = controller,
            BlockOwnerDeletion = controller,
        };

    /// <returns>Null when the child has this owner and this label already.</returns>
    public static Write? Adopt<T>(T? child, OwnerReference owner, string cluster)
        where T : KubernetesObject, IKubernetesResource
    {
        if (child is null or { Metadata.BeingDeleted: true }) return null;
        var labelled = child.Metadata.Labels.GetValueOrDefault(ClusterApi.ClusterNameLabel) == cluster;
        if (labelled && child.Metadata.OwnerReferences.Contains(owner)) return null;
        IEnumerable<OwnerReference> owners = [.. child.Metadata.OwnerReferences.Where(other => (other.Kind, other.Name) != (owner.Kind, owner.Name)), owner];
        return new Write.Change<T>(child, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = new JsonObject { [ClusterApi.ClusterNameLabel] = cluster },
                ["ownerReferences"] = JsonSerializer.SerializeToNode(owners, KubernetesJson.Options),
            },
        });
    }
}
