using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Caphr.Actors.Tests;
using Caphr.Lab;
using Caphr.Lab.World;

namespace Caphr.Simulation.Tests.World;

/// <summary>What a person applies: definitions, then one cluster with its servers and Machines.</summary>
internal static class Manifests
{
    public const string Namespace = "fleet";
    public const string Cluster = "c1";
    public const string RescueKey = "rescue-ssh";
    public const string TalosSecrets = $"{Cluster}-talos";
    private const string Infrastructure = "infrastructure.cluster.x-k8s.io/v1alpha1";
    /// <summary>What Robot takes.</summary>
    public const string Password = "robot-demo";

    private const string Core = "cluster.x-k8s.io/v1beta2";
    private const string Bootstrap = "bootstrap.cluster.x-k8s.io/v1alpha3";

    public static void Install(HttpClient http)
    {
        var repository = Repository.Find() ?? throw new InvalidOperationException("The simulation was taken out of its repository and finds no CRDs.");
        var definitions = new[] { repository.LabCrds, repository.Crds, repository.Policies }.SelectMany(CustomResources.Read);
        if (CustomResources.InstallAsync(http, definitions, CancellationToken.None).Ended() is { } failure) throw new InvalidOperationException(failure.Sentence);
    }

    public static void ApplyCluster(HttpClient http)
    {
        Post(http, "api/v1/namespaces", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Namespace } });
        Post(http, "api/v1/namespaces", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "caphr-system" } });
        Post(http, $"api/v1/namespaces/{Namespace}/secrets", With("v1", "Secret", "robot", "stringData", new JsonObject { ["robot-user"] = "robot", ["robot-password"] = Password }));
        Post(http, $"apis/{Core}/namespaces/{Namespace}/clusters", With(Core, "Cluster", Cluster, "spec", new JsonObject
        {
            ["infrastructureRef"] = Reference("infrastructure.cluster.x-k8s.io", "HetznerRobotCluster", Cluster),
        }));
        Post(http, $"apis/{Infrastructure}/namespaces/{Namespace}/hetznerrobotclusters", With(Infrastructure, "HetznerRobotCluster", Cluster, "spec", new JsonObject
        {
            ["controlPlaneEndpoint"] = new JsonObject { ["host"] = "192.0.2.10", ["port"] = 6443 },
            ["robotSecretRef"] = new JsonObject { ["name"] = "robot" },
            ["sshSecretRef"] = new JsonObject { ["name"] = RescueKey },
        }));
    }

    /// <summary>Whoever leaves it out gets one from the stand-ins, after a controller has looked for it in vain.</summary>
    public static void ApplyRescueKey(HttpClient http)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Post(http, $"api/v1/namespaces/{Namespace}/secrets", With("v1", "Secret", RescueKey, "stringData", new JsonObject { ["ssh-privatekey"] = key.ExportECPrivateKeyPem() }));
    }

    /// <summary>Who finds nodes that are not well, and asks for a reset of them.</summary>
    public static void ApplyHealthCheck(HttpClient http)
    {
        Post(http, $"apis/{Infrastructure}/namespaces/{Namespace}/hetznerrobotremediationtemplates", With(Infrastructure, "HetznerRobotRemediationTemplate", "reset", "spec", new JsonObject
        {
            ["template"] = new JsonObject { ["spec"] = new JsonObject { ["strategy"] = new JsonObject { ["type"] = "Reboot", ["retryLimit"] = 2, ["timeout"] = "600s" } } },
        }));
        Post(http, $"apis/{Core}/namespaces/{Namespace}/machinehealthchecks", With(Core, "MachineHealthCheck", "all", "spec", new JsonObject
        {
            ["clusterName"] = Cluster,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["cluster.x-k8s.io/cluster-name"] = Cluster } },
            ["checks"] = new JsonObject
            {
                ["nodeStartupTimeoutSeconds"] = 7200,
                ["unhealthyNodeConditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "Unknown", ["timeoutSeconds"] = 120 }),
            },
            ["remediation"] = new JsonObject
            {
                ["triggerIf"] = new JsonObject { ["unhealthyLessThanOrEqualTo"] = "60%" },
                ["templateRef"] = new JsonObject { ["apiVersion"] = Infrastructure, ["kind"] = "HetznerRobotRemediationTemplate", ["name"] = "reset" },
            },
        }));
    }

    public static void ApplyHost(HttpClient http, LabServer server) =>
        Post(http, $"apis/{Infrastructure}/namespaces/{Namespace}/hetznerrobothosts", With(Infrastructure, "HetznerRobotHost", HostName(server.Number), "spec", new JsonObject { ["serverID"] = server.Number }));

    public static string HostName(int server) => string.Create(CultureInfo.InvariantCulture, $"server-{server}");

    public static void ApplyMachine(HttpClient http, string name, bool isControlPlane)
    {
        var labels = new JsonObject { ["cluster.x-k8s.io/cluster-name"] = Cluster };
        var machine = With(Core, "Machine", name, "spec", new JsonObject
        {
            ["clusterName"] = Cluster,
            ["version"] = "v1.34.1",
            ["bootstrap"] = new JsonObject { ["configRef"] = Reference("bootstrap.cluster.x-k8s.io", "TalosConfig", name) },
            ["infrastructureRef"] = Reference("infrastructure.cluster.x-k8s.io", "HetznerRobotMachine", name),
        });
        machine["metadata"]!["labels"] = labels.DeepClone();
        if (isControlPlane) machine["metadata"]!["labels"]!["cluster.x-k8s.io/control-plane"] = "";
        var infra = With(Infrastructure, "HetznerRobotMachine", name, "spec", new JsonObject { ["talosVersion"] = "v1.12.4" });
        infra["metadata"]!["labels"] = labels.DeepClone();
        var config = With(Bootstrap, "TalosConfig", name, "spec", new JsonObject { ["generateType"] = isControlPlane ? "controlplane" : "worker", ["talosVersion"] = "v1.12" });
        config["metadata"]!["labels"] = labels.DeepClone();
        Post(http, $"apis/{Bootstrap}/namespaces/{Namespace}/talosconfigs", config);
        Post(http, $"apis/{Infrastructure}/namespaces/{Namespace}/hetznerrobotmachines", infra);
        Post(http, $"apis/{Core}/namespaces/{Namespace}/machines", machine);
    }

    /// <summary>False: there is no such Machine any more.</summary>
    public static bool DeleteMachine(HttpClient http, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"apis/{Core}/namespaces/{Namespace}/machines/{name}");
        return IsTaken(http, request);
    }

    public static bool Merge(HttpClient http, string path, JsonObject patch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(patch, new System.Net.Http.Headers.MediaTypeHeaderValue("application/merge-patch+json")) };
        return IsTaken(http, request);
    }

    public static bool ChangePassword(HttpClient http, string password) => Merge(http, $"api/v1/namespaces/{Namespace}/secrets/robot", new JsonObject { ["stringData"] = new JsonObject { ["robot-password"] = password } });

    /// <returns>What was there, as it is stored; null: there is no such Secret, or nothing under this key.</returns>
    public static string? ReadSecret(HttpClient http, string name, string key)
    {
        using var answer = http.GetAsync(new Uri($"api/v1/namespaces/{Namespace}/secrets/{name}", UriKind.Relative)).Ended();
        return answer.IsSuccessStatusCode ? (string?)JsonNode.Parse(answer.Content.ReadAsStringAsync().Ended())?["data"]?[key] : null;
    }

    public static bool WriteSecret(HttpClient http, string name, string key, string stored) => Merge(http, $"api/v1/namespaces/{Namespace}/secrets/{name}", new JsonObject { ["data"] = new JsonObject { [key] = stored } });

    public static bool Pause(HttpClient http, bool paused) => Merge(http, $"apis/{Core}/namespaces/{Namespace}/clusters/{Cluster}", new JsonObject { ["spec"] = new JsonObject { ["paused"] = paused } });

    public static bool AnnotateHost(HttpClient http, int server, string annotation, string value) =>
        Merge(http, $"apis/{Infrastructure}/namespaces/{Namespace}/hetznerrobothosts/{HostName(server)}", new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } });

    public static bool AnnotateMachine(HttpClient http, string name, string annotation, string value) =>
        Merge(http, $"apis/{Infrastructure}/namespaces/{Namespace}/hetznerrobotmachines/{name}", new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } });

    private static JsonObject Reference(string group, string kind, string name) => new() { ["apiGroup"] = group, ["kind"] = kind, ["name"] = name };

    private static JsonObject With(string version, string kind, string name, string field, JsonObject content) => new()
    {
        ["apiVersion"] = version,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
        [field] = content,
    };

    private static bool IsTaken(HttpClient http, HttpRequestMessage request)
    {
        using var answer = http.SendAsync(request, CancellationToken.None).Ended();
        return answer.IsSuccessStatusCode;
    }

    private static void Post(HttpClient http, string path, JsonObject document)
    {
        using var answer = http.PostAsJsonAsync(path, document).Ended();
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict) throw new InvalidOperationException($"{path} was refused: {answer.Content.ReadAsStringAsync().Ended()}");
    }
}
