namespace Caphr.Lab.StandIns.Objects;

/// <summary>Names of Cluster API that only its own controllers write, beside those of <see cref="Protocols.Kubernetes.Objects.ClusterApi"/>.</summary>
internal static class CoreNames
{
    public const string MachineSetLabel = "cluster.x-k8s.io/set-name";
    public const string DeploymentLabel = "cluster.x-k8s.io/deployment-name";
    public const string TemplateHashLabel = "machine-template-hash";
    public const string RevisionAnnotation = "machinedeployment.clusters.x-k8s.io/revision";
    public const string DeleteMachineAnnotation = "cluster.x-k8s.io/delete-machine";
    public const string ClonedFromNameAnnotation = "cluster.x-k8s.io/cloned-from-name";
    public const string ClonedFromKindAnnotation = "cluster.x-k8s.io/cloned-from-groupkind";

    public const string MachineFinalizer = "machine.cluster.x-k8s.io";
    public const string MachineSetFinalizer = "cluster.x-k8s.io/machineset";
    public const string MachineDeploymentFinalizer = "cluster.x-k8s.io/machinedeployment";
}
