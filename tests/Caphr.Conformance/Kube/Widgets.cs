using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>A kind with one of everything that our kinds, and those of Cluster API, rely on.</summary>
internal static class Widgets
{
    public const string Plural = "widgets";

    private const string Spec = """
        {
          "type": "object", "required": ["size"],
          "x-kubernetes-validations": [
            { "rule": "!(has(self.hostRef) && has(self.hostSelector))", "message": "hostRef and hostSelector exclude each other" },
            { "rule": "!has(self.limits) || self.limits.min <= self.limits.max", "fieldPath": ".limits", "reason": "FieldValueForbidden",
              "messageExpression": "'at least ' + string(self.limits.min) + ' is wanted'" }
          ],
          "properties": {
            "size": { "type": "integer", "format": "int32", "minimum": 1, "maximum": 100 },
            "mode": { "type": "string", "enum": ["Fast", "Safe"], "default": "Safe" },
            "name": { "type": "string", "minLength": 2, "maxLength": 8, "pattern": "^[a-z]+$" },
            "serial": { "type": "string", "maxLength": 32, "x-kubernetes-validations": [{ "rule": "self == oldSelf", "message": "serial cannot change" }] },
            "hostRef": { "type": "string", "maxLength": 63 },
            "hostSelector": { "type": "string", "maxLength": 63 },
            "limits": { "type": "object", "required": ["min", "max"], "properties": { "min": { "type": "integer" }, "max": { "type": "integer" } } },
            "until": { "type": "string", "format": "date-time" },
            "address": { "type": "string", "format": "ipv4" },
            "on": { "type": "boolean" },
            "tags": { "type": "object", "maxProperties": 3, "additionalProperties": { "type": "string" } },
            "ports": { "type": "array", "maxItems": 3, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
              "items": { "type": "object", "required": ["name"], "properties": {
                "name": { "type": "string" }, "port": { "type": "integer" }, "protocol": { "type": "string", "default": "TCP" } } } },
            "zones": { "type": "array", "minItems": 1, "maxItems": 5, "x-kubernetes-list-type": "set", "items": { "type": "string" } },
            "free": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
            "amount": { "x-kubernetes-int-or-string": true },
            "note": { "type": "string", "nullable": true },
            "nested": { "type": "object", "default": {}, "properties": { "size": { "type": "integer", "default": 3 }, "plain": { "type": "string" } } },
            "replicas": { "type": "integer", "format": "int32", "minimum": 0 }
          }
        }
        """;

    private const string Status = """
        {
          "type": "object",
          "properties": {
            "phase": { "type": "string" }, "replicas": { "type": "integer" }, "selector": { "type": "string" },
            "conditions": { "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
              "items": { "type": "object", "required": ["type", "status"], "properties": {
                "type": { "type": "string" }, "status": { "type": "string", "enum": ["True", "False", "Unknown"] }, "reason": { "type": "string" } } } }
          }
        }
        """;

    public static JsonObject Definition(string group, string kind = "Widget", string plural = Plural) => JsonNode.Parse($$"""
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": { "name": "{{plural}}.{{group}}" },
          "spec": {
            "group": "{{group}}", "scope": "Namespaced",
            "names": { "kind": "{{kind}}", "plural": "{{plural}}", "shortNames": ["w{{plural[0]}}"], "categories": ["conformance"] },
            "versions": [{
              "name": "v1", "served": true, "storage": true,
              "subresources": {
                "status": {},
                "scale": { "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector" }
              },
              "selectableFields": [{ "jsonPath": ".spec.mode" }],
              "additionalPrinterColumns": [
                { "name": "Size", "type": "integer", "jsonPath": ".spec.size" },
                { "name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status" },
                { "name": "Mode", "type": "string", "jsonPath": ".spec.mode", "priority": 1, "description": "How careful it is." },
                { "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp" }
              ],
              "schema": { "openAPIV3Schema": { "type": "object", "required": ["spec"], "properties": {
                "apiVersion": { "type": "string" }, "kind": { "type": "string" }, "metadata": { "type": "object" },
                "spec": {{Spec}}, "status": {{Status}} } } }
            }]
          }
        }
        """)!.AsObject();

    /// <summary>The schema of spec in a definition, to be changed.</summary>
    public static JsonObject SpecOf(JsonObject definition) =>
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject();
}
