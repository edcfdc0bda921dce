using System.Runtime.CompilerServices;
using Caphr.Actors.Servers;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// Which objects were found to show what they should, and of what that was made. While the object and all of that are still the very same, it need not be found out
/// anew, which is what a look at thousands of servers that stand still would spend its time with.
/// </summary>
internal sealed class SettledStatuses
{
    private readonly ConditionalWeakTable<KubernetesObject, Ingredients> _settled = [];

    public bool Has(KubernetesObject target, Ingredients madeOf) => _settled.TryGetValue(target, out var last) && last.AreThese(madeOf);

    public void Add(KubernetesObject target, Ingredients madeOf) => _settled.AddOrUpdate(target, madeOf);
}

/// <summary>Everything that a status is made of, but the object itself. None of it ever changes in place.</summary>
internal sealed class Ingredients(ServerSnapshot? server, HetznerRobotHost? host = null, bool paused = false)
{
    private readonly (ServerSnapshot? Server, HetznerRobotHost? Host, bool Paused) _all = (server, host, paused);

    public bool AreThese(Ingredients others) =>
        ReferenceEquals(_all.Server, others._all.Server) && ReferenceEquals(_all.Host, others._all.Host) && _all.Paused == others._all.Paused;
}
