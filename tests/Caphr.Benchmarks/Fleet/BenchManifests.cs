using System.Globalization;

namespace Caphr.Benchmarks.Fleet;

/// <summary>What a user would apply for a cluster of workers, one on each server.</summary>
internal static class BenchManifests
{
    public const string Namespace = "bench";

    public static string Name(int server) => string.Create(CultureInfo.InvariantCulture, $"worker-{server}");

    public static string Cluster(Uri factory) => $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{Namespace}} }
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: robot, namespace: {{Namespace}} }
        stringData: {robot-user: robot, robot-password: robot-demo}
        ---
        apiVersion: cluster.x-k8s.io/v1beta2
        kind: Cluster
        metadata: {name: bench, namespace: {{Namespace}} }
        spec:
          infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: HetznerRobotCluster, name: bench}
        ---
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotCluster
        metadata: {name: bench, namespace: {{Namespace}}, labels: {cluster.x-k8s.io/cluster-name: bench} }
        spec:
          controlPlaneEndpoint: {host: 127.{{BenchFleet.Network}}.0.2, port: 6443}
          robotSecretRef: {name: robot}
          sshSecretRef: {name: rescue-ssh}
          talosFactoryBaseURL: {{factory.AbsoluteUri.TrimEnd('/')}}

        """;

    public static string Host(int server) => $$"""
        ---
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotHost
        metadata: {name: {{Name(server)}}, namespace: {{Namespace}} }
        spec: {serverID: {{server}} }

        """;

    public static string Machine(int server) => $$"""
        ---
        apiVersion: bootstrap.cluster.x-k8s.io/v1alpha3
        kind: TalosConfig
        metadata: {name: {{Name(server)}}, namespace: {{Namespace}}, labels: {cluster.x-k8s.io/cluster-name: bench} }
        spec: {generateType: worker, talosVersion: v1.12}
        ---
        apiVersion: cluster.x-k8s.io/v1beta2
        kind: Machine
        metadata: {name: {{Name(server)}}, namespace: {{Namespace}}, labels: {cluster.x-k8s.io/cluster-name: bench} }
        spec:
          clusterName: bench
          version: v1.34.1
          bootstrap: {configRef: {apiGroup: bootstrap.cluster.x-k8s.io, kind: TalosConfig, name: {{Name(server)}} } }
          infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: HetznerRobotMachine, name: {{Name(server)}} }
        ---
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotMachine
        metadata: {name: {{Name(server)}}, namespace: {{Namespace}}, labels: {cluster.x-k8s.io/cluster-name: bench} }
        spec: {hostRef: {name: {{Name(server)}} }, talosVersion: v1.12.4}

        """;
}
