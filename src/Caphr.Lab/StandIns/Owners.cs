using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>Owner references, cluster labels and finalizers, as Cluster API's core sets them on its objects and on those it finds by reference.</summary>
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

    public static bool IsControlledBy(this KubernetesObject child, KubernetesObject owner) =>
        child.Metadata.OwnerReferences.Any(reference => reference.Controller == true && reference.Uid == owner.Metadata.Uid);

    public static bool HasController(this ObjectMeta metadata) => metadata.OwnerReferences.Any(owner => owner.Controller == true);

    /// <param name="child">Whom the owner is to own.</param>
    /// <param name="makers">Kinds that made the child and owned it only until its owner came.</param>
    /// <returns>Null when the child has this owner and this label already.</returns>
    public static Write? Adopt<T>(T? child, OwnerReference owner, string cluster, params ReadOnlySpan<string> makers)
        where T : KubernetesObject, IKubernetesResource
    {
        if (child is null or { Metadata.BeingDeleted: true }) return null;
        var kept = new List<OwnerReference>();
        foreach (var other in child.Metadata.OwnerReferences)
        {
            if ((other.Kind, other.Name) != (owner.Kind, owner.Name) && !makers.Contains(other.Kind)) kept.Add(other);
        }

        IReadOnlyList<OwnerReference> owners = [.. kept, owner];
        var labelled = child.Metadata.Labels.GetValueOrDefault(ClusterApi.ClusterNameLabel) == cluster;
        if (labelled && owners.Count == child.Metadata.OwnerReferences.Count && child.Metadata.OwnerReferences.Contains(owner)) return null;
        return new Write.Change<T>(child, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = new JsonObject { [ClusterApi.ClusterNameLabel] = cluster },
                ["ownerReferences"] = JsonSerializer.SerializeToNode(owners, KubernetesJson.Options),
            },
        });
    }

    /// <returns>Null when the finalizer is there already.</returns>
    public static Write? Hold<T>(T held, string finalizer)
        where T : KubernetesObject, IKubernetesResource =>
        held.Metadata.Finalizers.Contains(finalizer) ? null : Finalizers(held, [.. held.Metadata.Finalizers, finalizer]);

    public static IEnumerable<Write> LetGo<T>(T held, string finalizer)
        where T : KubernetesObject, IKubernetesResource =>
        held.Metadata.Finalizers.Contains(finalizer) ? [Finalizers(held, held.Metadata.Finalizers.Where(other => other != finalizer))] : [];

    private static Write.Change<T> Finalizers<T>(T held, IEnumerable<string> wanted)
        where T : KubernetesObject, IKubernetesResource =>
        new(held, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = JsonSerializer.SerializeToNode(wanted, KubernetesJson.Options) } });
}
