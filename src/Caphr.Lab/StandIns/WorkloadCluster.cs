using System.Text.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.StandIns.Objects;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.MachineConfig;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.StandIns;

/// <summary>
/// The kubelets of all servers. Their Nodes live in the management cluster's own API, as in the simplest set-ups of Cluster API's tests;
/// a provider ID tells them apart. A Node whose kubelet is silent is given up after a while, as the node lifecycle controller does.
/// </summary>
internal sealed class WorkloadCluster(LabWorld world)
{
    private const string ServerLabel = "lab.caphr.dev/server";

    // How long kube-controller-manager listens to nothing before it says that it knows nothing.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(50);

    private readonly Dictionary<int, DateTimeOffset> _silentSince = [];
    private readonly Dictionary<int, int> _registered = [];

    public IEnumerable<Write> Plan(Observed observed)
    {
        var nodes = observed.Nodes.ToLookup(candidate => candidate.Metadata.Labels.GetValueOrDefault(ServerLabel));
        foreach (var server in world.Servers)
        {
            var label = server.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var node = nodes[label].FirstOrDefault();
            var kubelet = Kubelet.On(server);
            if (node is null && kubelet is not null && _registered.GetValueOrDefault(server.Number) != kubelet.BootId)
                yield return new Write.Create<Node>(kubelet.Register(label, observed.Now));
            if (node is null) continue;
            // A kubelet registers once, when it starts: a Node that somebody deletes stays away until then.
            if (kubelet is not null) _registered[server.Number] = kubelet.BootId;
            var ready = kubelet is not null && kubelet.ProviderId == node.Spec.ProviderID;
            if (IsKnown(server, ready, observed) && (node.Ready == "True") != ready) yield return Report(node, ready, observed.Now);
        }
    }

    /// <summary>A server that comes back is heard at once; that one went is only known after its kubelet was missed for a while.</summary>
    private bool IsKnown(LabServer server, bool ready, Observed observed)
    {
        if (ready)
        {
            _silentSince.Remove(server.Number);
            return true;
        }

        _silentSince.TryAdd(server.Number, observed.Now);
        return observed.IsOver(_silentSince[server.Number], s_grace);
    }

    private static Write.Change<Node> Report(Node node, bool ready, DateTimeOffset now) => new(
        node,
        new JsonObject
        {
            ["status"] = new JsonObject { ["conditions"] = JsonSerializer.SerializeToNode<NodeCondition[]>([Kubelet.Condition(ready, now)], KubernetesJson.Options) },
        },
        ToStatus: true);

    /// <summary>A kubelet that runs and knows what its configuration told it.</summary>
    private sealed record Kubelet(LabServer Server, int BootId, string? ProviderId, string HostName)
    {
        public static Kubelet? On(LabServer server)
        {
            if (!server.IsAttached || server.Running is not RunningSystem.TalosConfigured { Ready: true } running) return null;
            if (Talos.KnownConfigurations.MainOf(running.MachineConfiguration) is not { } main) return null;
            return new Kubelet(
                server,
                running.BootId,
                Text(main.Find("machine", "kubelet", "extraArgs", "provider-id")),
                Text(main.Find("machine", "network", "hostname")) ?? $"talos-{server.Description.SystemUuid[..6]}");
        }

        public static NodeCondition Condition(bool ready, DateTimeOffset now) => ready
            ? new NodeCondition("Ready", "True", "KubeletReady", "kubelet is posting ready status", now)
            : new NodeCondition("Ready", "Unknown", "NodeStatusUnknown", "kubelet stopped posting node status", now);

        public Node Register(string label, DateTimeOffset now) => new()
        {
            Metadata = new ObjectMeta { Name = HostName, Labels = new Dictionary<string, string> { [ServerLabel] = label } },
            Spec = new NodeSpec { ProviderID = ProviderId },
            Status = new NodeStatus { Conditions = [Condition(ready: true, now)], Addresses = [new NodeAddress("InternalIP", Server.Address.ToString())] },
        };

        private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;
    }
}
