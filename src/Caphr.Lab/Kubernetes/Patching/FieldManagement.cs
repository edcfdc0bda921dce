using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Schema;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Patching;

/// <summary>
/// Who owns which field, told from the creation of an object on. A client may wipe the account clean; what is there at the next apply then
/// counts as written by <c>before-first-apply</c>.
/// </summary>
internal static class FieldManagement
{
    private const string ApplyOperation = "Apply";
    private const string UpdateOperation = "Update";

    public static Outcome<JsonObject, Refusal> Apply(ResourceType type, JsonObject before, JsonObject applied, Subresource subresource, WriteOptions options, string now)
    {
        var entries = ManagedEntry.ReadAll(before);
        if (entries.Count == 0) entries.Add(new ManagedEntry("before-first-apply", UpdateOperation, type.GroupVersion, "", now, new OwnedFields(FieldSets.Of(type, before, Subresource.None))));
        var mine = entries.Find(entry => entry.IsOf(options.FieldManager, ApplyOperation, subresource));
        var others = entries.Where(entry => entry != mine).ToList();
        var wanted = FieldSets.Of(type, applied, subresource);

        var conflicts = others.SelectMany(other => other.Fields.Paths.Where(path => wanted.Contains(path) && FieldChanges.Differs(path, before, applied)).Select(path => (other, path))).ToList();
        if (conflicts.Count > 0 && !options.Force) return Conflict(type, applied.Name(), conflicts);
        var taken = conflicts.Select(conflict => conflict.path).ToHashSet();
        others = [.. others.Select(other => other with { Fields = other.Fields.Without(taken) })];

        var merged = (JsonObject)Merge(before, Applicable(type, applied, subresource), FieldSets.SchemaOf(type))!;
        if (mine is not null) RemoveAbandoned(merged, mine.Fields.Paths.Except(wanted), [.. others.SelectMany(other => other.Fields.Paths)]);
        // The time of an entry moves only with what it says, so that a repeated apply writes nothing.
        var same = mine is not null && mine.Fields.Paths.SetEquals(wanted) && Json.Same(merged, before);
        var entry = new ManagedEntry(options.FieldManager, ApplyOperation, type.GroupVersion, ManagedEntry.NameOf(subresource), same ? mine!.Time : now, new OwnedFields(wanted));
        ManagedEntry.WriteAll(merged, [.. others, entry]);
        return merged;
    }

    /// <summary>An object that was not there belongs to who created it, by an apply or otherwise.</summary>
    public static void Claim(ResourceType type, JsonObject created, string manager, bool byApply, string now) => ManagedEntry.WriteAll(
        created, [new ManagedEntry(manager, byApply ? ApplyOperation : UpdateOperation, type.GroupVersion, "", now, new OwnedFields(FieldSets.Of(type, created, Subresource.None)))]);

    /// <summary>After any other write to a tracked object: the writer owns what it changed, and nobody owns what is gone.</summary>
    public static void Track(ResourceType type, JsonObject after, JsonObject before, Subresource subresource, string manager, string now)
    {
        var entries = ManagedEntry.ReadAll(before);
        if (entries.Count == 0) return;
        var changes = new FieldChanges(type, before, after, subresource);
        if (changes.IsNothing) return;

        var mine = entries.Find(entry => entry.IsOf(manager, UpdateOperation, subresource))
            ?? new ManagedEntry(manager, UpdateOperation, type.GroupVersion, ManagedEntry.NameOf(subresource), now, OwnedFields.None);
        var others = entries.Where(entry => !entry.IsOf(manager, UpdateOperation, subresource)).Select(entry => entry with { Fields = entry.Fields.Without(changes.Gone).Without(changes.Changed) });
        ManagedEntry.WriteAll(after, [.. others, mine with { Time = now, Fields = mine.Fields.Without(changes.Gone).With(changes.Changed) }]);
    }

    private static JsonObject Applicable(ResourceType type, JsonObject applied, Subresource subresource)
    {
        if (subresource == Subresource.Status) return new JsonObject { ["status"] = applied["status"]?.DeepClone() };
        var wanted = applied.Copy();
        if (type.HasStatus) wanted.Remove("status");
        wanted.Child("metadata").Remove("managedFields");
        return wanted;
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? applied, SchemaNode? schema)
    {
        switch (live, applied)
        {
            case (JsonObject old, JsonObject changes) when schema?.AtomicMap is not true:
                var members = old.Copy();
                foreach (var (name, change) in changes) members[name] = Merge(old[name], change, schema?.Property(name));
                return members;
            case (JsonArray old, JsonArray changes) when schema?.ListType == "map":
                return new JsonArray([.. MergeItems(old, changes, schema)]);
            case (JsonArray old, JsonArray changes) when schema?.ListType == "set":
                return new JsonArray([.. old.Concat(changes.Where(change => !old.Any(item => Json.Same(item, change)))).Select(item => item?.DeepClone())]);
            default:
                return applied?.DeepClone();
        }
    }

    private static IEnumerable<JsonNode?> MergeItems(JsonArray old, JsonArray changes, SchemaNode schema)
    {
        var left = changes.OfType<JsonObject>().ToList();
        foreach (var item in old.OfType<JsonObject>())
        {
            var at = left.FindIndex(change => Json.Same(FieldSets.Keys(change, schema), FieldSets.Keys(item, schema)));
            if (at < 0)
            {
                yield return item.DeepClone();
                continue;
            }

            yield return Merge(item, left[at], schema.Items);
            left.RemoveAt(at);
        }

        foreach (var added in left) yield return added.DeepClone();
    }

    /// <summary>What this manager applied before and no longer does goes away, unless somebody else owns it or something inside it.</summary>
    private static void RemoveAbandoned(JsonObject document, IEnumerable<FieldPath> abandoned, HashSet<FieldPath> owned)
    {
        var free = abandoned.Where(path => !owned.Contains(path) && !owned.Any(other => other.IsWithin(path))).ToList();
        // An item goes as a whole: without its key fields it could no longer be found.
        foreach (var path in free.Where(path => !free.Any(path.IsWithin)))
        {
            path.Remove(document);
            for (var parent = Parent(path); parent.Steps.Count > 1; parent = Parent(parent))
            {
                if (owned.Contains(parent) || !parent.TryFind(document, out var left) || left is not (JsonObject { Count: 0 } or JsonArray { Count: 0 })) break;
                parent.Remove(document);
            }
        }
    }

    private static FieldPath Parent(FieldPath path) => path.Steps.SkipLast(1).Aggregate(FieldPath.Root, (parent, step) => parent.Then(step));

    private static Refusal Conflict(ResourceType type, string name, IReadOnlyList<(ManagedEntry Other, FieldPath Path)> conflicts)
    {
        var causes = conflicts.Select(conflict => new FieldProblem(
            conflict.Path.ToString(), "FieldManagerConflict", $"conflict with \"{conflict.Other.Manager}\" using {conflict.Other.ApiVersion}")).ToList();
        var message = causes.Count == 1
            ? $"Apply failed with 1 conflict: {causes[0].Message}: {causes[0].Path}"
            : $"Apply failed with {causes.Count} conflicts: " + string.Join("\n", causes.GroupBy(cause => cause.Message).Select(group =>
                $"{group.Key.Replace("conflict with", "conflicts with", StringComparison.Ordinal)}:{string.Concat(group.Select(cause => $"\n- {cause.Path}"))}"));
        return new Refusal(RefusalReason.Conflict, message) { Resource = type.GroupResource, Name = name, Causes = causes };
    }
}
