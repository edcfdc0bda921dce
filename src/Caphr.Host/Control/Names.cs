namespace Caphr.Host.Control;

/// <summary>Names of ours that stand in users' objects. None may change.</summary>
internal static class Names
{
    public const string MachineFinalizer = "infrastructure.cluster.x-k8s.io/hetznerrobotmachine";

    /// <summary>On a HetznerRobotHost while it is claimed: a server in use must not be forgotten.</summary>
    public const string HostFinalizer = "infrastructure.cluster.x-k8s.io/hetznerrobothost";

    /// <summary>On a HetznerRobotMachine: any new value asks for another try after a failure.</summary>
    public const string RetryAnnotation = "caphr.io/retry";

    /// <summary>The image factory's schematic without extensions and kernel arguments.</summary>
    public const string PlainSchematic = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

    public const string DefaultFactory = "https://factory.talos.dev";
}
