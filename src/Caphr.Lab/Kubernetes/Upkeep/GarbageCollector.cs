using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Upkeep;

/// <summary>Deletes what lost its last owner, and carries out foreground and orphaning deletions.</summary>
internal sealed class GarbageCollector(TypeRegistry types, ObjectApi api)
{
    private static readonly WriteOptions s_asCollector = new() { FieldManager = "garbage-collector" };

    private readonly Dictionary<ObjectKey, Facts> _known = [];
    private readonly Dictionary<string, HashSet<ObjectKey>> _dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectKey> _alive = new(StringComparer.Ordinal);

    public void Restart(IReadOnlyList<StoredObject> everything)
    {
        _known.Clear();
        _dependents.Clear();
        _alive.Clear();
        foreach (var item in everything) Learn(item);
        foreach (var key in _known.Keys.ToList()) Consider(key);
    }

    public void Observe(Change change)
    {
        var key = change.Object.Key;
        var before = _known.GetValueOrDefault(key);
        Forget(key);
        if (change.Kind == ChangeKind.Deleted)
        {
            foreach (var dependent in Dependents(change.Object.Uid)) Consider(dependent);
        }
        else
        {
            Learn(change.Object);
            Consider(key);
        }

        // An owner may have been waiting for exactly this dependent.
        foreach (var owner in before?.Owners ?? []) Consider(_alive.GetValueOrDefault(owner.Uid));
    }

    private void Consider(ObjectKey key)
    {
        if (!_known.TryGetValue(key, out var facts)) return;
        if (facts.Deleting && facts.Finalizers.Contains(Metadata.OrphanFinalizer)) ReleaseDependents(key, facts);
        else if (facts.Deleting && facts.Finalizers.Contains(Metadata.ForegroundFinalizer)) DeleteDependents(key, facts);
        else if (!facts.Deleting && facts.Owners.Count > 0) CheckOwners(key, facts);
    }

    private void CheckOwners(ObjectKey key, Facts facts)
    {
        var lost = facts.Owners.Where(owner => !_alive.ContainsKey(owner.Uid)).Select(owner => owner.Uid).ToHashSet();
        if (lost.Count == 0) return;
        // The uid keeps this from hitting an object that took the name in the meantime.
        if (lost.Count == facts.Owners.Count) Delete(key, facts.Uid, "Background");
        else DropOwners(key, lost);
    }

    private void ReleaseDependents(ObjectKey key, Facts facts)
    {
        foreach (var dependent in Dependents(facts.Uid)) DropOwners(dependent, [facts.Uid]);
        DropFinalizer(key, Metadata.OrphanFinalizer);
    }

    private void DeleteDependents(ObjectKey key, Facts facts)
    {
        var blocking = false;
        foreach (var dependent in Dependents(facts.Uid))
        {
            var its = _known[dependent];
            blocking |= its.Owners.Any(owner => owner.Uid == facts.Uid && owner.BlocksDeletion);
            // Another living owner keeps the dependent; only the reference to this one goes.
            if (its.Owners.Any(owner => owner.Uid != facts.Uid && _alive.ContainsKey(owner.Uid))) DropOwners(dependent, [facts.Uid]);
            else if (!its.Deleting) Delete(dependent, its.Uid, "Foreground");
        }

        if (!blocking) DropFinalizer(key, Metadata.ForegroundFinalizer);
    }

    private void Delete(ObjectKey key, string uid, string propagation)
    {
        if (types.Preferred(key.Resource) is { } type) api.Delete(type, key, new DeleteOptions { Uid = uid, Propagation = propagation });
    }

    private void DropOwners(ObjectKey key, HashSet<string> uids)
    {
        if (types.Preferred(key.Resource) is not { } type) return;
        api.Change(type, key, Subresource.None, s_asCollector, document =>
        {
            var left = document.ItemsAt("metadata", "ownerReferences").Where(owner => !uids.Contains(owner.TextAt("uid") ?? "")).Select(owner => owner?.DeepClone()).ToArray();
            if (left.Length == 0) document.Child("metadata").Remove("ownerReferences");
            else document.Child("metadata")["ownerReferences"] = new System.Text.Json.Nodes.JsonArray(left);
            return document;
        });
    }

    private void DropFinalizer(ObjectKey key, string finalizer)
    {
        if (types.Preferred(key.Resource) is not { } type) return;
        api.Change(type, key, Subresource.None, s_asCollector, document =>
        {
            document.SetFinalizers([.. document.Finalizers().Where(name => name != finalizer)]);
            return document;
        });
    }

    private List<ObjectKey> Dependents(string uid) => _dependents.TryGetValue(uid, out var keys) ? [.. keys] : [];

    private void Learn(StoredObject stored)
    {
        var facts = new Facts(stored.Uid, stored.Owners, stored.IsBeingDeleted, stored.Finalizers);
        _known[stored.Key] = facts;
        _alive[stored.Uid] = stored.Key;
        foreach (var owner in facts.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out var keys)) _dependents[owner.Uid] = keys = [];
            keys.Add(stored.Key);
        }
    }

    private void Forget(ObjectKey key)
    {
        if (!_known.Remove(key, out var facts)) return;
        _alive.Remove(facts.Uid);
        foreach (var owner in facts.Owners)
        {
            if (_dependents.TryGetValue(owner.Uid, out var keys) && keys.Remove(key) && keys.Count == 0) _dependents.Remove(owner.Uid);
        }
    }

    private sealed record Facts(string Uid, IReadOnlyList<OwnerReference> Owners, bool Deleting, IReadOnlyList<string> Finalizers);
}
