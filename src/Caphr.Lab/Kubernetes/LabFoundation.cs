using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes;

/// <summary>
/// All that an API server held at one moment, for others to begin with: whoever starts thousands of them installs the same definitions into each, which takes
/// longer than some of them live. None of it changes, so any number of servers share it.
/// </summary>
public sealed class LabFoundation
{
    internal LabFoundation(IReadOnlyList<StoredObject> objects, long revision, TypeReading types) => (Objects, Revision, Types) = (objects, revision, types);

    internal IReadOnlyList<StoredObject> Objects { get; }

    internal long Revision { get; }

    internal TypeReading Types { get; }
}
