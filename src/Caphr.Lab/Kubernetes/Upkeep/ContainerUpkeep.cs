using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Upkeep;

/// <summary>Namespaces and CRDs contain objects. One that is being deleted empties itself first and goes when nothing is left in it.</summary>
internal sealed class ContainerUpkeep(ObjectStore store, TypeRegistry types, ObjectApi api)
{
    private static readonly WriteOptions s_asUpkeep = new() { FieldManager = "kube-controller-manager" };

    private readonly HashSet<ObjectKey> _dying = [];

    public void Restart(IReadOnlyList<StoredObject> everything)
    {
        _dying.Clear();
        foreach (var item in everything) Note(item);
        foreach (var container in _dying.ToList()) Sweep(container);
    }

    public void Observe(Change change)
    {
        var key = change.Object.Key;
        if (change.Kind == ChangeKind.Deleted) _dying.Remove(key);
        else Note(change.Object);
        foreach (var container in _dying.Where(container => container == key || Contains(container, key)).ToList()) Sweep(container);
    }

    private void Note(StoredObject item)
    {
        if ((item.Key.Resource == BuiltInTypes.Namespaces || item.Key.Resource == BuiltInTypes.Definitions) && item.IsBeingDeleted) _dying.Add(item.Key);
    }

    private void Sweep(ObjectKey container)
    {
        var left = false;
        foreach (var item in store.All().Where(item => Contains(container, item.Key)))
        {
            left = true;
            if (!item.IsBeingDeleted && types.Preferred(item.Key.Resource) is { } type) api.Delete(type, item.Key, new DeleteOptions { Uid = item.Uid });
        }

        if (!left && types.Preferred(container.Resource) is { } own) api.Change(own, container, Subresource.None, s_asUpkeep, document => Release(document));
    }

    private static bool Contains(ObjectKey container, ObjectKey item) =>
        container.Resource == BuiltInTypes.Namespaces ? item.Namespace == container.Name : item.Resource.ToString() == container.Name;

    private static Outcome<System.Text.Json.Nodes.JsonObject, Refusal> Release(System.Text.Json.Nodes.JsonObject container)
    {
        if (container.TextAt("kind") == "Namespace") container.Child("spec")["finalizers"] = new System.Text.Json.Nodes.JsonArray();
        else container.SetFinalizers([.. container.Finalizers().Where(name => name != ObjectApi.DefinitionFinalizer)]);
        return container;
    }
}
