namespace Caphr.Lab.Talos;

/// <summary>What the nodes of a Lab have in common.</summary>
internal sealed record NodeSurroundings(int Port, TimeProvider Clock, LabTalosFaults Faults, LabEtcd Etcd);
