using System.Globalization;
using Caphr.Lab.World;

namespace Caphr.EndToEnd.Tests.Faults;

/// <summary>What a person would have applied for each of the machines: a Machine of its own, on a server of its own.</summary>
internal static class StuckManifests
{
    public static string Of(StuckMachine stuck, LabServer server, Uri images) => string.Create(CultureInfo.InvariantCulture, $"""
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotHost
        metadata:
          name: {stuck.Name}
          namespace: {stuck.Namespace}
          labels:
            machine: {stuck.Name}
        spec:
          serverID: {server.Number}
          {stuck.Host}
        ---
        apiVersion: cluster.x-k8s.io/v1beta2
        kind: Machine
        metadata:
          name: {stuck.Name}
          namespace: {stuck.Namespace}
          labels:
            cluster.x-k8s.io/cluster-name: demo
        spec:
          clusterName: demo
          version: v1.34.1
          bootstrap:
            {BootstrapOf(stuck)}
          infrastructureRef:
            apiGroup: infrastructure.cluster.x-k8s.io
            kind: HetznerRobotMachine
            name: {stuck.Name}
        ---
        apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
        kind: HetznerRobotMachine
        metadata:
          name: {stuck.Name}
          namespace: {stuck.Namespace}
          labels:
            cluster.x-k8s.io/cluster-name: demo
        spec:
          hostSelector: {Braced($"matchLabels: {Braced($"machine: {stuck.Name}")}")}
          talosVersion: v1.12.4
          {stuck.Spec.Replace("{1}", images.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal).Replace("{2}", server.Description.Disks[^1].Serial, StringComparison.Ordinal)}
        {TalosConfigOf(stuck)}
        """);

    private static string Braced(string yaml) => $"{{{yaml}}}";

    private static string BootstrapOf(StuckMachine stuck) => stuck.Bootstrap == BootstrapSource.Misspelt
        ? $"dataSecretName: {stuck.Name}"
        : $"configRef: {Braced($"apiGroup: bootstrap.cluster.x-k8s.io, kind: TalosConfig, name: {stuck.Name}")}";

    private static string TalosConfigOf(StuckMachine stuck) => stuck.Bootstrap == BootstrapSource.TalosConfig
        ? $"""
            ---
            apiVersion: bootstrap.cluster.x-k8s.io/v1alpha3
            kind: TalosConfig
            metadata:
              name: {stuck.Name}
              namespace: {stuck.Namespace}
              labels:
                cluster.x-k8s.io/cluster-name: demo
            spec:
              generateType: worker
              talosVersion: v1.12
            """
        : "";
}
