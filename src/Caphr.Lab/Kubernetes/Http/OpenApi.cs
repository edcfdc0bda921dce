using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Types;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>
/// The documents kubectl asks before it validates (does the server know the fieldValidation parameter?) and when it explains.
/// Version 3 is the real one; version 2 only says that there is nothing to say, which makes an old kubectl leave validation to the server.
/// </summary>
internal sealed class OpenApi(TypeRegistry types)
{
    // Clients ask for it with an "@" in place of the last "." but one, which no parser of media types lets through in an answer.
    private const string ProtobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string MetadataSchema = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _documents = new(StringComparer.Ordinal);
    private int _generation = -1;

    public static Task Version2Async(HttpContext context)
    {
        if (!context.Request.Headers.Accept.ToString().Contains("proto-openapi", StringComparison.Ordinal))
        {
            return context.WriteAsync(new JsonObject
            {
                ["swagger"] = "2.0",
                ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1" },
                ["paths"] = new JsonObject(),
            });
        }

        // A Document message by hand: swagger (1) = "2.0", info (2) = { title (1) = "Kubernetes", version (2) = "v1" }.
        return context.WriteBytesAsync((byte[])[0x0a, 3, .. "2.0"u8, 0x12, 16, 0x0a, 10, .. "Kubernetes"u8, 0x12, 2, .. "v1"u8], contentType: ProtobufV2);
    }

    /// <summary><c>/openapi/v3</c>: where each group version's document is. The hash lets kubectl keep a document until it changes.</summary>
    public JsonObject Index() => new()
    {
        ["paths"] = new JsonObject(GroupVersions().Select(path => KeyValuePair.Create(
            path,
            (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Convert.ToHexString(SHA256.HashData(Document(path)!))}" }))),
    };

    /// <param name="path"><c>api/v1</c> or <c>apis/group/version</c>.</param>
    public byte[]? Document(string path)
    {
        lock (_gate)
        {
            // What is served changes seldom and kubectl asks often.
            if (_generation != types.Generation)
            {
                _generation = types.Generation;
                _documents.Clear();
                foreach (var group in types.All.GroupBy(PathOf)) _documents[group.Key] = Build(group).ToBytes();
            }

            return _documents.GetValueOrDefault(path);
        }
    }

    private IEnumerable<string> GroupVersions() => types.All.Select(PathOf).Distinct();

    private static string PathOf(ResourceType type) => type.Group.Length == 0 ? $"api/{type.Version}" : $"apis/{type.GroupVersion}";

    private static JsonObject Build(IEnumerable<ResourceType> types)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject { [MetadataSchema] = new JsonObject { ["type"] = "object", ["description"] = "Standard object metadata: name, namespace, labels, annotations." } };
        foreach (var type in types)
        {
            var list = $"/{PathOf(type)}/{(type.Namespaced ? "namespaces/{namespace}/" : "")}{type.Plural}";
            paths[list] = new JsonObject { ["get"] = Operation(type, "list"), ["post"] = Operation(type, "post") };
            paths[$"{list}/{{name}}"] = new JsonObject
            {
                ["get"] = Operation(type, "get"),
                ["put"] = Operation(type, "put"),
                ["patch"] = Operation(type, "patch"),
                ["delete"] = Operation(type, "delete"),
            };
            schemas[NameOf(type)] = Schema(type);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(ResourceType type, string action)
    {
        var operation = new JsonObject
        {
            ["description"] = $"{action} {type.Kind}",
            ["operationId"] = $"{action}{type.Kind}",
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject
                    {
                        [Answers.JsonType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{NameOf(type)}" } },
                    },
                },
            },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Kind(type),
        };
        if (action is "post" or "put" or "patch")
        {
            operation["parameters"] = new JsonArray([.. ((string[])["dryRun", "fieldManager", "fieldValidation"]).Select(name => (JsonNode)new JsonObject
            {
                ["name"] = name,
                ["in"] = "query",
                ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
            })]);
        }

        return operation;
    }

    private static JsonObject Schema(ResourceType type)
    {
        var schema = type.OpenApi?.Copy() ?? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        var properties = schema.Child("properties");
        properties["apiVersion"] = new JsonObject { ["type"] = "string", ["description"] = "The version of the schema this object is written in." };
        properties["kind"] = new JsonObject { ["type"] = "string", ["description"] = "What this object is." };
        properties["metadata"] = new JsonObject
        {
            ["description"] = "Standard object metadata.",
            ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/components/schemas/{MetadataSchema}" }),
        };
        schema["x-kubernetes-group-version-kind"] = new JsonArray(Kind(type));
        return schema;
    }

    private static JsonObject Kind(ResourceType type) => new() { ["group"] = type.Group, ["kind"] = type.Kind, ["version"] = type.Version };

    private static string NameOf(ResourceType type) =>
        type.Group.Length == 0 ? $"io.k8s.api.core.{type.Version}.{type.Kind}" : $"{string.Join('.', type.Group.Split('.').Reverse())}.{type.Version}.{type.Kind}";
}
