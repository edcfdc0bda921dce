namespace Caphr.Protocols.Talos.Calls;

/// <summary>A member as etcd lists it.</summary>
public sealed record EtcdPeer(ulong Id, string Hostname, bool IsLearner);

/// <summary>What the etcd of one node says of itself. A member that leads names itself as <paramref name="LeaderId"/>; zero is no leader.</summary>
public sealed record EtcdHealth(ulong MemberId, ulong LeaderId, bool IsLearner, IReadOnlyList<string> Errors);
