using Caphr.Lab.World;

namespace Caphr.Lab.Talos;

/// <summary>What the nodes of a Lab have in common.</summary>
internal sealed record NodeSurroundings(int Port, LabTime Time, LabTalosFaults Faults, LabEtcd Etcd);
