using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace Caphr.Lab.Talos;

/// <summary>
/// The etcd clusters of the Lab, each known by its cluster's Talos CA. A control plane node is a member from the first time it is ready
/// until it leaves or is removed; that its server went away does not make it leave.
/// </summary>
internal sealed class LabEtcd
{
    private readonly ConcurrentDictionary<string, Cluster> _clusters = new(StringComparer.Ordinal);

    public Cluster Of(string authority) => _clusters.GetOrAdd(authority, _ => new Cluster());

    public sealed record Member(ulong Id, string Hostname, IPAddress Address)
    {
        public string PeerUrl => string.Create(CultureInfo.InvariantCulture, $"https://{Address}:2380");
    }

    public sealed class Cluster
    {
        private readonly Lock _gate = new();
        private readonly SortedDictionary<ulong, Member> _members = [];

        public IReadOnlyList<Member> Members
        {
            get { lock (_gate) return [.. _members.Values]; }
        }

        public void Join(Member member)
        {
            lock (_gate) _members[member.Id] = member;
        }

        /// <summary>What etcd says against it, or null when the member is gone. One member alone cannot vote itself out.</summary>
        public string? Remove(ulong id)
        {
            lock (_gate)
            {
                if (!_members.ContainsKey(id)) return "etcdserver: member not found";
                if (_members.Count == 1) return "etcdserver: re-configuration failed due to not enough started members";
                _members.Remove(id);
                return null;
            }
        }
    }
}
