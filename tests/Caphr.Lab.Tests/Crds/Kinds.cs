using System.Text.Json.Nodes;
using static Caphr.Lab.Tests.Crds.Values;

namespace Caphr.Lab.Tests.Crds;

/// <summary>Every kind of ours: a manifest in which each field has a value, and the cases of its rules.</summary>
internal static class Kinds
{
    private static readonly RuleCase[] s_metadata =
    [
        new("spec.template.metadata.labels", "maxProperties", Map(64), Map(65), "64"),
        .. LabelValue("spec.template.metadata.labels{}"),
        new("spec.template.metadata.annotations", "maxProperties", Map(64), Map(65), "64"),
    ];

    private static readonly RuleCase[] s_nodeInfo =
    [
        new("status.nodeInfo.architecture", "enum", "\"arm64\"", "\"sparc\"", "\"amd64\", \"arm64\""),
        new("status.nodeInfo.operatingSystem", "enum", "\"linux\"", "\"plan9\"", "\"linux\""),
    ];

    private static readonly Dictionary<string, (string Complete, IReadOnlyList<RuleCase> Cases)> s_all = new(StringComparer.Ordinal)
    {
        ["HetznerRobotCluster"] = (ClusterRules.Complete, ClusterRules.All),
        ["HetznerRobotClusterTemplate"] = (TemplateOf(ClusterRules.Complete, "{}"), CasesOfTemplate(ClusterRules.All)),
        ["HetznerRobotHost"] = (HostRules.Complete, HostRules.All),
        ["HetznerRobotHostRelease"] = (ReleaseRules.Complete, ReleaseRules.All),
        ["HetznerRobotMachine"] = (MachineRules.Complete, MachineRules.All),
        ["HetznerRobotMachineTemplate"] =
            (TemplateOf(MachineRules.Complete, """{ "nodeInfo": { "architecture": "amd64", "operatingSystem": "linux" } }"""), [.. CasesOfTemplate(MachineRules.All), .. s_nodeInfo]),
        ["HetznerRobotRemediation"] = (RemediationRules.Complete, RemediationRules.All),
        ["HetznerRobotRemediationTemplate"] = (TemplateOf(RemediationRules.Complete, "{}"), CasesOfTemplate(RemediationRules.All)),
    };

    public static IReadOnlyCollection<string> Names => s_all.Keys;

    public static IReadOnlyList<RuleCase> CasesOf(string kind) => s_all[kind].Cases;

    public static JsonObject CompleteOf(string kind, string name)
    {
        var manifest = JsonNode.Parse(s_all[kind].Complete)!.AsObject();
        manifest["apiVersion"] = "infrastructure.cluster.x-k8s.io/v1alpha1";
        manifest["kind"] = kind;
        manifest["metadata"] = new JsonObject { ["name"] = name };
        return manifest;
    }

    public static string PathOf(string kind) => $"/apis/infrastructure.cluster.x-k8s.io/v1alpha1/namespaces/default/{kind.ToLowerInvariant()}s";

    private static string TemplateOf(string complete, string status) => $$"""
        {
          "spec": { "template": { "metadata": { "labels": { "key": "value" }, "annotations": { "key": "value" } }, "spec": {{JsonNode.Parse(complete)!["spec"]!.ToJsonString()}} } },
          "status": {{status}}
        }
        """;

    private static IReadOnlyList<RuleCase> CasesOfTemplate(IReadOnlyList<RuleCase> cases) =>
    [
        Required("spec"),
        Required("spec.template"),
        .. cases.Where(one => !one.IsOfStatus && !one.IsTransition).Select(one => one.InTemplate()),
        .. s_metadata,
    ];
}
