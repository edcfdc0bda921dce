using System.Reflection;
using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>Makes the CustomResourceDefinitions of our kinds from their C# types, which are their only source.</summary>
public static class CrdGenerator
{
    public static IReadOnlyList<JsonObject> All() =>
    [
        Of<HetznerRobotCluster>(),
        Of<HetznerRobotClusterTemplate>(),
        Of<HetznerRobotHost>(),
        Of<HetznerRobotHostRelease>(),
        Of<HetznerRobotMachine>(),
        Of<HetznerRobotMachineTemplate>(),
        Of<HetznerRobotRemediation>(),
        Of<HetznerRobotRemediationTemplate>(),
    ];

    public static JsonObject Of<T>()
        where T : KubernetesObject, IKubernetesResource
    {
        var resource = T.Resource;
        var custom = typeof(T).GetCustomAttribute<CustomResourceAttribute>()
            ?? throw new ArgumentException($"{typeof(T).Name} carries no {nameof(CustomResourceAttribute)}.");
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{resource.Plural}.{resource.Group}", ["labels"] = Labels(custom) },
            ["spec"] = new JsonObject
            {
                ["group"] = resource.Group,
                ["names"] = new JsonObject
                {
                    ["categories"] = new JsonArray("cluster-api", "caphr"),
                    ["kind"] = resource.Kind,
                    ["listKind"] = $"{resource.Kind}List",
                    ["plural"] = resource.Plural,
                    ["shortNames"] = new JsonArray(custom.ShortName),
                    ["singular"] = resource.Kind.ToLowerInvariant(),
                },
                ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new JsonArray(Version(typeof(T), resource)),
            },
        };
    }

    private static JsonObject Labels(CustomResourceAttribute custom)
    {
        var labels = new JsonObject
        {
            // Core reads from these which of our versions speaks its contract; without them it never touches an object of ours.
            ["cluster.x-k8s.io/v1beta1"] = Infrastructure.Version,
            ["cluster.x-k8s.io/v1beta2"] = Infrastructure.Version,
            ["cluster.x-k8s.io/provider"] = Infrastructure.Provider,
            ["clusterctl.cluster.x-k8s.io"] = "",
        };
        if (custom.MoveHierarchy) labels["clusterctl.cluster.x-k8s.io/move-hierarchy"] = "";
        return labels;
    }

    private static JsonObject Version(Type type, ResourceType resource) => new()
    {
        ["name"] = resource.Version,
        ["served"] = true,
        ["storage"] = true,
        ["additionalPrinterColumns"] = new JsonArray([.. type.GetCustomAttributes<PrinterColumnAttribute>().Select(Column)]),
        ["schema"] = new JsonObject { ["openAPIV3Schema"] = Root(type) },
        ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
    };

    private static JsonObject Column(PrinterColumnAttribute column)
    {
        var json = new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type switch
            {
                ColumnType.Text => "string",
                ColumnType.Number => "integer",
                ColumnType.Date => "date",
            },
            ["jsonPath"] = column.Path,
        };
        if (column.Wide) json["priority"] = 10;
        return json;
    }

    private static JsonObject Root(Type type)
    {
        // apiVersion, kind and metadata are the API server's: a schema may name them and nothing more.
        var root = SchemaGenerator.Of(type);
        var properties = root["properties"]!.AsObject();
        properties.Insert(0, "apiVersion", new JsonObject { ["type"] = "string", ["description"] = "Version of the schema this object is written in." });
        properties.Insert(1, "kind", new JsonObject { ["type"] = "string", ["description"] = "Kind of this object." });
        properties.Insert(2, "metadata", new JsonObject { ["type"] = "object" });
        return root;
    }
}
