using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Types;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Which groups, versions and resources there are, in the old form (one request each) and the aggregated one (one for all).</summary>
internal sealed class Discovery(TypeRegistry types)
{
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] s_subresourceVerbs = ["get", "patch", "update"];

    /// <summary><c>/api</c> and <c>/apis</c>.</summary>
    public Task RootAsync(HttpContext context, bool core)
    {
        if (AggregatedVersion(context.Request) is { } version)
        {
            return context.WriteAsync(Aggregated(version, core), contentType: $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
        }

        return context.WriteAsync(core ? CoreVersions() : GroupList());
    }

    public JsonObject? Group(string name) => types.Groups().FirstOrDefault(group => group.Group == name && name.Length > 0) is { Group: not null } found
        ? WithHeader("APIGroup", "v1", Describe(found))
        : null;

    public JsonObject? Resources(string group, string version)
    {
        var found = types.In(group, version);
        if (found.Count == 0) return null;
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = found[0].GroupVersion,
            ["resources"] = new JsonArray([.. found.SelectMany(type => type.HasStatus ? (JsonNode[])[Resource(type), Status(type)] : [Resource(type)])]),
        };
    }

    private static string? AggregatedVersion(HttpRequest request) => request.Headers.Accept.ToString().Split(',', StringSplitOptions.TrimEntries)
        .Where(entry => entry.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal))
        .Select(entry => entry.Contains("v=v2beta1", StringComparison.Ordinal) ? "v2beta1" : "v2")
        .FirstOrDefault();

    private static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. types.Groups().Where(group => group.Group.Length > 0).Select(group => (JsonNode)Describe(group))]),
    };

    private static JsonObject Describe((string Group, IReadOnlyList<string> Versions) group) => new()
    {
        ["name"] = group.Group,
        ["versions"] = new JsonArray([.. group.Versions.Select(version => (JsonNode)Version(group.Group, version))]),
        ["preferredVersion"] = Version(group.Group, group.Versions[0]),
    };

    private static JsonObject Version(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static JsonObject WithHeader(string kind, string apiVersion, JsonObject body)
    {
        body.Insert(0, "kind", kind);
        body.Insert(1, "apiVersion", apiVersion);
        return body;
    }

    private static JsonObject Resource(ResourceType type)
    {
        var resource = new JsonObject
        {
            ["name"] = type.Plural,
            ["singularName"] = type.Singular,
            ["namespaced"] = type.Namespaced,
            ["kind"] = type.Kind,
            ["verbs"] = s_verbs.ToArray(),
        };
        if (type.ShortNames.Count > 0) resource["shortNames"] = type.ShortNames.ToArray();
        if (type.Categories.Count > 0) resource["categories"] = type.Categories.ToArray();
        return resource;
    }

    private static JsonObject Status(ResourceType type) => new()
    {
        ["name"] = $"{type.Plural}/status",
        ["singularName"] = "",
        ["namespaced"] = type.Namespaced,
        ["kind"] = type.Kind,
        ["verbs"] = s_subresourceVerbs.ToArray(),
    };

    private JsonObject Aggregated(string apiVersion, bool core) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{apiVersion}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. types.Groups().Where(group => group.Group.Length == 0 == core).Select(group => (JsonNode)new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = group.Group, ["creationTimestamp"] = null },
            ["versions"] = new JsonArray([.. group.Versions.Select(version => (JsonNode)new JsonObject
            {
                ["version"] = version,
                ["freshness"] = "Current",
                ["resources"] = new JsonArray([.. types.In(group.Group, version).Select(AggregatedResource)]),
            })]),
        })]),
    };

    private static JsonNode AggregatedResource(ResourceType type)
    {
        var resource = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = ResponseKind(type),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = s_verbs.ToArray(),
        };
        if (type.ShortNames.Count > 0) resource["shortNames"] = type.ShortNames.ToArray();
        if (type.Categories.Count > 0) resource["categories"] = type.Categories.ToArray();
        if (type.HasStatus)
        {
            resource["subresources"] = new JsonArray(new JsonObject
            {
                ["subresource"] = "status",
                ["responseKind"] = ResponseKind(type),
                ["verbs"] = s_subresourceVerbs.ToArray(),
            });
        }

        return resource;
    }

    private static JsonObject ResponseKind(ResourceType type) => new() { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind };
}
