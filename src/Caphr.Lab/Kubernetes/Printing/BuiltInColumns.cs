using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Printing;

/// <summary>The tables of the built-in kinds, as the real server prints them.</summary>
internal static class BuiltInColumns
{
    public static readonly PrinterColumn Name = new("Name", "string", (document, _) => document.Name())
    {
        Format = "name",
        Description = "Name must be unique within a namespace.",
    };

    public static readonly PrinterColumn Age = Since("Age", "metadata", "creationTimestamp");

    public static readonly IReadOnlyList<PrinterColumn> NameAndAge = [Name, Age];

    public static readonly IReadOnlyList<PrinterColumn> Namespace = [Name, Text("Status", "status", "phase"), Age];

    public static readonly IReadOnlyList<PrinterColumn> Secret = [Name, Text("Type", "type"), Count("Data", "data"), Age];

    public static readonly IReadOnlyList<PrinterColumn> ConfigMap =
        [Name, new("Data", "string", (document, _) => document.MembersAt("data").Count() + document.MembersAt("binaryData").Count()), Age];

    public static readonly IReadOnlyList<PrinterColumn> ServiceAccount = [Name, Count("Secrets", "secrets"), Age];

    public static readonly IReadOnlyList<PrinterColumn> Event =
    [
        new("Last Seen", "string", (document, now) => HumanAge.Since(LastSeen(document), now)),
        Text("Type", "type"),
        Text("Reason", "reason"),
        new("Object", "string", (document, _) => $"{document.TextAt("involvedObject", "kind")?.ToLowerInvariant()}/{document.TextAt("involvedObject", "name")}"),
        Text("Subobject", "involvedObject", "fieldPath") with { Priority = 1 },
        new("Source", "string", (document, _) => document.TextAt("source", "component") ?? document.TextAt("reportingComponent")) { Priority = 1 },
        new("Message", "string", (document, _) => document.TextAt("message")?.Trim()),
        new("First Seen", "string", (document, now) => HumanAge.Since(document.TextAt("firstTimestamp") ?? document.TextAt("eventTime"), now)) { Priority = 1 },
        new("Count", "string", (document, _) => document.NumberAt("count") ?? 1) { Priority = 1 },
        Name with { Priority = 1 },
    ];

    public static readonly IReadOnlyList<PrinterColumn> Node =
    [
        Name,
        new("Status", "string", (document, _) => ReadyWord(document)),
        new("Roles", "string", (document, _) => Roles(document)),
        Age,
        Text("Version", "status", "nodeInfo", "kubeletVersion"),
        new("Internal-IP", "string", (document, _) => Address(document, "InternalIP")) { Priority = 1 },
        new("External-IP", "string", (document, _) => Address(document, "ExternalIP")) { Priority = 1 },
        Text("OS-Image", "status", "nodeInfo", "osImage") with { Priority = 1 },
        Text("Kernel-Version", "status", "nodeInfo", "kernelVersion") with { Priority = 1 },
        Text("Container-Runtime", "status", "nodeInfo", "containerRuntimeVersion") with { Priority = 1 },
    ];

    public static readonly IReadOnlyList<PrinterColumn> Lease = [Name, Text("Holder", "spec", "holderIdentity"), Age];

    public static readonly IReadOnlyList<PrinterColumn> Definition =
        [Name, new("Created At", "date", (document, _) => document.TextAt("metadata", "creationTimestamp"))];

    public static readonly IReadOnlyList<PrinterColumn> AdmissionPolicy =
        [Name, Count("Validations", "spec", "validations"), new("ParamKind", "string", (document, _) => document.TextAt("spec", "paramKind", "kind") ?? "<unset>"), Age];

    public static readonly IReadOnlyList<PrinterColumn> AdmissionPolicyBinding =
        [Name, Text("PolicyName", "spec", "policyName"), new("ParamRef", "string", (document, _) => document.TextAt("spec", "paramRef", "name") ?? "<unset>"), Age];

    private static PrinterColumn Text(string name, params string[] path) => new(name, "string", (document, _) => document.TextAt(path) ?? "");

    private static PrinterColumn Since(string name, params string[] path) => new(name, "string", (document, now) => HumanAge.Since(document.TextAt(path), now));

    private static PrinterColumn Count(string name, params string[] path) => new(name, "string", (document, _) => document.At(path) switch
    {
        JsonObject members => members.Count,
        JsonArray items => items.Count,
        _ => 0,
    });

    private static string? LastSeen(JsonObject document) =>
        document.TextAt("series", "lastObservedTime") ?? document.TextAt("lastTimestamp") ?? document.TextAt("eventTime") ?? document.TextAt("metadata", "creationTimestamp");

    private static string ReadyWord(JsonObject node)
    {
        var ready = node.ItemsAt("status", "conditions").FirstOrDefault(condition => condition.TextAt("type") == "Ready").TextAt("status");
        var word = ready switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.FlagAt("spec", "unschedulable") ? word + ",SchedulingDisabled" : word;
    }

    private static string Roles(JsonObject node)
    {
        const string Prefix = "node-role.kubernetes.io/";
        var roles = node.Labels().Keys.Where(label => label.StartsWith(Prefix, StringComparison.Ordinal)).Select(label => label[Prefix.Length..]).Order().ToList();
        return roles.Count == 0 ? "<none>" : string.Join(",", roles);
    }

    private static string Address(JsonObject node, string type) =>
        node.ItemsAt("status", "addresses").FirstOrDefault(address => address.TextAt("type") == type).TextAt("address") ?? "<none>";
}
