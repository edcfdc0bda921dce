using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Types;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Which groups, versions and resources there are, in the old form (one request each) and the aggregated one (one for all).</summary>
internal sealed class Discovery(TypeRegistry types)
{
    private static readonly string[] s_subresourceVerbs = ["get", "patch", "update"];
    private static readonly string[] s_createOnly = ["create"];

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
            ["resources"] = new JsonArray([.. found.SelectMany(type => (JsonNode[])[Resource(type), .. Subresources(type).Select(part => Resource(type, part))])]),
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
            ["verbs"] = type.Verbs.ToArray(),
        };
        if (type.ShortNames.Count > 0) resource["shortNames"] = type.ShortNames.ToArray();
        if (type.Categories.Count > 0) resource["categories"] = type.Categories.ToArray();
        return resource;
    }

    private static JsonObject Resource(ResourceType type, ServedSubresource part)
    {
        var resource = new JsonObject
        {
            ["name"] = $"{type.Plural}/{part.Name}",
            ["singularName"] = "",
            ["namespaced"] = type.Namespaced,
            ["kind"] = part.Kind,
            ["verbs"] = part.Verbs.ToArray(),
        };
        // Named only where the kind of the subresource is from somewhere else.
        if (part.Group == type.Group) return resource;
        resource["group"] = part.Group;
        resource["version"] = part.Version;
        return resource;
    }

    private static IEnumerable<ServedSubresource> Subresources(ResourceType type)
    {
        if (type.HasStatus) yield return new ServedSubresource("status", type.Group, type.Version, type.Kind, s_subresourceVerbs);
        if (type.Scale is not null) yield return new ServedSubresource("scale", ScaleView.Group, ScaleView.Version, ScaleView.Kind, s_subresourceVerbs);
        if (type.Is("", "ServiceAccount")) yield return new ServedSubresource("token", Reviews.Group, Reviews.Version, Reviews.TokenRequest, s_createOnly);
    }

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
            ["responseKind"] = Kind(type.Group, type.Version, type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = type.Verbs.ToArray(),
        };
        if (type.ShortNames.Count > 0) resource["shortNames"] = type.ShortNames.ToArray();
        if (type.Categories.Count > 0) resource["categories"] = type.Categories.ToArray();
        var parts = Subresources(type).Select(part => (JsonNode)new JsonObject
        {
            ["subresource"] = part.Name,
            ["responseKind"] = Kind(part.Group, part.Version, part.Kind),
            ["verbs"] = part.Verbs.ToArray(),
        }).ToArray();
        if (parts.Length > 0) resource["subresources"] = new JsonArray(parts);
        return resource;
    }

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private sealed record ServedSubresource(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);
}
