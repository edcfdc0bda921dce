namespace Caphr.Lab.StandIns.Moving;

/// <summary>Which objects of a namespace go together, and in which order: owners before those they own.</summary>
internal static class MoveGraph
{
    // Secrets that belong to a Cluster by their name alone.
    private static readonly string[] s_purposes = ["ca", "etcd", "sa", "proxy", "kubeconfig"];

    /// <summary>What a Cluster owns, over any number of steps; what hangs together with an object that says so; and single objects that say so.</summary>
    public static IReadOnlyList<MovedObject> Select(IReadOnlyList<MovedObject> all)
    {
        var clusters = all.Where(found => found.IsCluster).Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        var heads = all.Where(found => found.IsCluster || found.Carries(MovedKind.HierarchyLabel)).Select(found => found.Uid).ToHashSet(StringComparer.Ordinal);
        var grew = true;
        while (grew)
        {
            grew = false;
            foreach (var found in all.Where(found => found.OwnerUids.Any(heads.Contains))) grew |= heads.Add(found.Uid);
        }

        return [.. all.Where(found => heads.Contains(found.Uid) || found.Carries(MovedKind.MoveLabel) || BelongsByName(found, clusters))];
    }

    /// <summary>Each group needs only the groups before it.</summary>
    public static IReadOnlyList<IReadOnlyList<MovedObject>> Groups(IReadOnlyList<MovedObject> moved)
    {
        var known = moved.Select(found => found.Uid).ToHashSet(StringComparer.Ordinal);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var groups = new List<IReadOnlyList<MovedObject>>();
        while (placed.Count < moved.Count)
        {
            List<MovedObject> next = [.. moved.Where(found => !placed.Contains(found.Uid) && found.OwnerUids.All(owner => !known.Contains(owner) || placed.Contains(owner)))];
            // Owners in a circle are nobody's order; they go last, all together.
            if (next.Count == 0) next = [.. moved.Where(found => !placed.Contains(found.Uid))];
            groups.Add(next);
            placed.UnionWith(next.Select(found => found.Uid));
        }

        return groups;
    }

    private static bool BelongsByName(MovedObject found, HashSet<string> clusters) =>
        found.Kind == MovedKind.Secrets && s_purposes.Any(purpose => found.Name.EndsWith($"-{purpose}", StringComparison.Ordinal) && clusters.Contains(found.Name[..^(purpose.Length + 1)]));
}
