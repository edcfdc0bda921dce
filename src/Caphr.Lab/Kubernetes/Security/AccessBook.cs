using System.Collections.Concurrent;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>That somebody asked for a verb on a kind of resource, and whether the roles let them.</summary>
/// <param name="Resource">With its subresource, as roles write it; of a path that is no resource, the path.</param>
public sealed record LabAccess(string User, string Verb, string Group, string Resource, bool IsAllowed);

/// <summary>Bounded by what there is to ask for, not by how often it is asked.</summary>
internal sealed class AccessBook
{
    private readonly ConcurrentDictionary<LabAccess, byte> _all = [];

    public IReadOnlyCollection<LabAccess> All => [.. _all.Keys];

    public void Note(LabUser user, AccessRequest request, bool isAllowed) => _all.TryAdd(
        request switch
        {
            AccessRequest.ToResource resource => new LabAccess(user.Name, resource.Verb, resource.Group, resource.Resource, isAllowed),
            AccessRequest.ToPath path => new LabAccess(user.Name, path.Verb, "", path.Path, isAllowed),
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        0);
}
