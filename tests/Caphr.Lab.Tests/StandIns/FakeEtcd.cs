using Caphr.Lab.StandIns;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Calls;

namespace Caphr.Lab.Tests.StandIns;

/// <summary>An etcd without nodes: whoever is a member answers for it.</summary>
internal sealed class FakeEtcd : IEtcdDoor
{
    private static readonly TalosFailure s_nobody = new(TalosError.NotListening, "Nobody listens there.");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EtcdPeer> _members = [];
    private readonly List<string> _left = [];
    private readonly List<string> _removed = [];

    /// <summary>Names of the members that left by themselves, in order.</summary>
    public IReadOnlyList<string> Left
    {
        get { lock (_gate) return [.. _left]; }
    }

    /// <summary>Names of the members that were thrown out.</summary>
    public IReadOnlyList<string> Removed
    {
        get { lock (_gate) return [.. _removed]; }
    }

    public void Join(int number, string address, string hostname)
    {
        lock (_gate) _members[address] = new EtcdPeer((ulong)number, hostname, IsLearner: false);
    }

    public Task<Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>> ListMembersAsync(CoreCluster cluster, string address, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_members.ContainsKey(address)
                ? Outcome<IReadOnlyList<EtcdPeer>, TalosFailure>.Of([.. _members.Values.OrderBy(member => member.Id)])
                : s_nobody);
        }
    }

    public Task<Outcome<Done, TalosFailure>> LeaveAsync(CoreCluster cluster, string address, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (!_members.Remove(address, out var member)) return Task.FromResult<Outcome<Done, TalosFailure>>(s_nobody);
            _left.Add(member.Hostname);
            return Task.FromResult<Outcome<Done, TalosFailure>>(default(Done));
        }
    }

    public Task<Outcome<Done, TalosFailure>> RemoveAsync(CoreCluster cluster, string address, ulong member, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var (at, found) = _members.FirstOrDefault(pair => pair.Value.Id == member);
            if (found is null) return Task.FromResult<Outcome<Done, TalosFailure>>(s_nobody);
            _members.Remove(at);
            _removed.Add(found.Hostname);
            return Task.FromResult<Outcome<Done, TalosFailure>>(default(Done));
        }
    }
}
