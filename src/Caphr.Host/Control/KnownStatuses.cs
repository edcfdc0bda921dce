using System.Runtime.CompilerServices;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// What was found out about the status of each object, and of what that was made: that it shows what it should, or what is to be written. While the object and all of
/// that are still the very same, it need not be found out anew, which is what a look at thousands of servers would spend its time with, whether they stand still or
/// wait for their turn to be written.
/// </summary>
internal sealed class KnownStatuses
{
    private readonly ConditionalWeakTable<KubernetesObject, Found> _known = [];

    /// <param name="write">Null when the object shows what it should.</param>
    public bool TryFind<T>(T target, Ingredients madeOf, out Write.Of<T>? write)
        where T : KubernetesObject, IKubernetesResource
    {
        if (_known.TryGetValue(target, out var last) && last.MadeOf.AreThese(madeOf))
        {
            write = (Write.Of<T>?)last.Write;
            return true;
        }

        write = null;
        return false;
    }

    public void Keep(KubernetesObject target, Ingredients madeOf, Write? write) => _known.AddOrUpdate(target, new Found(madeOf, write));

    private sealed record Found(Ingredients MadeOf, Write? Write);
}

/// <summary>Everything that a status is made of, but the object itself. None of it ever changes in place.</summary>
internal sealed class Ingredients(ServerSnapshot? server, HetznerRobotHost? host = null, bool paused = false)
{
    private readonly (ServerSnapshot? Server, HetznerRobotHost? Host, bool Paused) _all = (server, host, paused);

    public bool AreThese(Ingredients others) =>
        ReferenceEquals(_all.Server, others._all.Server) && ReferenceEquals(_all.Host, others._all.Host) && _all.Paused == others._all.Paused;
}
