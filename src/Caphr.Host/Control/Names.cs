namespace Caphr.Host.Control;

/// <summary>Names of ours that stand in users' objects. None may change.</summary>
internal static class Names
{
    public const string MachineFinalizer = "infrastructure.cluster.x-k8s.io/hetznerrobotmachine";

    /// <summary>On a HetznerRobotHost while it is claimed: a server in use must not be forgotten.</summary>
    public const string HostFinalizer = "infrastructure.cluster.x-k8s.io/hetznerrobothost";

    /// <summary>On a HetznerRobotCluster while its cluster has machines: without the credentials they could not be given back.</summary>
    public const string ClusterFinalizer = "infrastructure.cluster.x-k8s.io/hetznerrobotcluster";

    /// <summary>On a HetznerRobotMachine: any new value asks for another try after a failure. On a HetznerRobotHost: after a quarantine.</summary>
    public const string RetryAnnotation = "caphr.io/retry";

    /// <summary>
    /// On a HetznerRobotMachine that is being deleted: it goes, and nothing is done to its server. On a HetznerRobotHost whose machine is gone: the value is
    /// the claim's UID, and the claim ends the same way.
    /// </summary>
    public const string DetachAnnotation = "caphr.io/detach";

    /// <summary>On a HetznerRobotMachine: the number of a server whose running node it is.</summary>
    public const string AdoptAnnotation = "caphr.io/adopt";

    /// <summary>On a HetznerRobotHost: any new value asks for an inspection of the free server.</summary>
    public const string InspectAnnotation = "caphr.io/inspect";

    /// <summary>On a HetznerRobotHost: any new value asks for one reset of its running node.</summary>
    public const string PowerCycleAnnotation = "caphr.io/power-cycle";

    /// <summary>On a HetznerRobotHost in quarantine, by CAPHR: why. It outlives a lost journal and a move, which leave the status behind.</summary>
    public const string QuarantinedAnnotation = "caphr.io/quarantined";

    /// <summary>On a HetznerRobotHost in quarantine: any new value vouches for the server as it is.</summary>
    public const string AcceptAnnotation = "caphr.io/accept";

    /// <summary>The image factory's schematic without extensions and kernel arguments.</summary>
    public const string PlainSchematic = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

    public const string DefaultFactory = "https://factory.talos.dev";
}
