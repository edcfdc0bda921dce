using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Kubernetes;

/// <summary>A small kind with one of everything that matters: defaults, ranges, enums, a list with keys, status, rules, printer columns.</summary>
internal static class Samples
{
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    public const string Boxes = "/apis/lab.example.com/v1alpha1/namespaces/default/boxes";
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    public const string Secrets = "/api/v1/namespaces/default/secrets";
    public const string Namespaces = "/api/v1/namespaces";

    public const string Definition = """
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": { "name": "boxes.lab.example.com" },
          "spec": {
            "group": "lab.example.com", "scope": "Namespaced",
            "names": { "kind": "Box", "plural": "boxes", "shortNames": ["bx"], "categories": ["lab"] },
            "versions": [{
              "name": "v1alpha1", "served": true, "storage": true,
              "subresources": { "status": {} },
              "additionalPrinterColumns": [
                { "name": "Server", "type": "integer", "jsonPath": ".spec.serverID" },
                { "name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status" },
                { "name": "Mode", "type": "string", "jsonPath": ".spec.mode", "priority": 10 },
                { "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp" }
              ],
              "schema": { "openAPIV3Schema": {
                "type": "object", "description": "A box for tests.", "required": ["spec"],
                "properties": {
                  "apiVersion": { "type": "string" }, "kind": { "type": "string" }, "metadata": { "type": "object" },
                  "spec": {
                    "type": "object", "required": ["serverID"], "description": "What is wanted.",
                    "x-kubernetes-validations": [
                      { "rule": "!(has(self.hostRef) && has(self.hostSelector))", "message": "hostRef and hostSelector are mutually exclusive" }
                    ],
                    "properties": {
                      "serverID": { "type": "integer", "format": "int64", "minimum": 1, "description": "Number of the server.",
                        "x-kubernetes-validations": [{ "rule": "self == oldSelf", "message": "serverID is immutable" }] },
                      "mode": { "type": "string", "enum": ["Fast", "Safe"], "default": "Safe" },
                      "name": { "type": "string", "minLength": 2, "maxLength": 8, "pattern": "^[a-z]+$" },
                      "hostRef": { "type": "string" },
                      "hostSelector": { "type": "string" },
                      "until": { "type": "string", "format": "date-time" },
                      "nested": { "type": "object", "properties": { "size": { "type": "integer", "default": 3 } } },
                      "free": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                      "tags": { "type": "object", "additionalProperties": { "type": "string" } },
                      "ports": { "type": "array", "maxItems": 3, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                        "items": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" }, "port": { "type": "integer" } } } },
                      "amount": { "x-kubernetes-int-or-string": true }
                    }
                  },
                  "status": { "type": "object", "properties": {
                    "phase": { "type": "string" },
                    "conditions": { "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                      "items": { "type": "object", "required": ["type", "status"], "properties": {
                        "type": { "type": "string" }, "status": { "type": "string" }, "reason": { "type": "string" } } } }
                  } }
                }
              } }
            }]
          }
        }
        """;

    public static string Box(string name, string spec = "\"serverID\": 7", string metadata = "") =>
        $$"""{ "apiVersion": "lab.example.com/v1alpha1", "kind": "Box", "metadata": { "name": "{{name}}"{{Comma(metadata)}} }, "spec": { {{spec}} } }""";

    public static string ConfigMap(string name, string data = "\"a\": \"1\"", string metadata = "") =>
        $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "{{name}}"{{Comma(metadata)}} }, "data": { {{data}} } }""";

    public static string Namespace(string name) => $$"""{ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "{{name}}" } }""";

    public static string OwnedBy(JsonObject owner, bool blocking = false) => $$"""
        "ownerReferences": [{ "apiVersion": "v1", "kind": "ConfigMap", "name": {{owner["metadata"]!["name"]!.ToJsonString()}},
          "uid": {{owner["metadata"]!["uid"]!.ToJsonString()}}, "blockOwnerDeletion": {{(blocking ? "true" : "false")}} }]
        """;

    /// <summary>The sample definition with its schema changed in one place.</summary>
    public static string DefinitionWith(Action<JsonObject> changeSpecSchema)
    {
        var definition = JsonNode.Parse(Definition)!;
        changeSpecSchema(definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject());
        return definition.ToJsonString();
    }

    private static string Comma(string metadata) => metadata.Length == 0 ? "" : ", " + metadata;
}
