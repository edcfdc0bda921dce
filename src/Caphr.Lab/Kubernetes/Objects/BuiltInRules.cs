using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Policies;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>The little that built-in kinds do beyond being kept.</summary>
internal static class BuiltInRules
{
    /// <summary>Defaults and conversions before an object is compared with what is stored.</summary>
    public static void Prepare(ResourceType type, JsonObject document, string now)
    {
        if (type.Is("", "Secret")) PrepareSecret(document);
        if (type.Is("", "Namespace")) PrepareNamespace(document);
        if (!type.Is(BuiltInTypes.DefinitionGroup, "CustomResourceDefinition")) return;
        CustomDefinition.Default(document);
        if (CustomDefinition.Check(document).Count == 0) CustomDefinition.Establish(document, now);
    }

    /// <summary>Drops what a built-in kind does not have, and returns the names of what was dropped.</summary>
    public static IReadOnlyList<string> Prune(IReadOnlyList<string> fields, JsonObject document)
    {
        var unknown = document.Select(member => member.Key).Where(name => name is not ("apiVersion" or "kind" or "metadata") && !fields.Contains(name)).ToList();
        foreach (var name in unknown) document.Remove(name);
        return unknown;
    }

    /// <summary>What the real server could not even read, because its kinds have types and not schemas.</summary>
    public static Refusal? CheckReadable(ResourceType type, JsonObject document)
    {
        if (type.Group.Length > 0 || type.Kind is not ("Secret" or "ConfigMap")) return null;
        var encoded = type.Kind == "Secret" ? "data" : "binaryData";
        var broken = Texts("data").Concat(Texts("binaryData")).Concat(Texts("stringData")).FirstOrDefault(entry => !IsReadable(entry.Field, entry.Value));
        return broken.Field is null
            ? null
            : Refusal.BadRequest($"{type.Kind} in version \"v1\" cannot be handled as a {type.Kind}: {broken.Field}.{broken.Key} is not {(broken.Field == encoded ? "base64" : "a text")}");

        IEnumerable<(string Field, string Key, JsonNode? Value)> Texts(string field) => document.MembersAt(field).Select(entry => (field, entry.Key, entry.Value));

        bool IsReadable(string field, JsonNode? value) =>
            value is null || (value.AsText() is { } text && (field != encoded || Convert.TryFromBase64String(text, new byte[text.Length], out _)));
    }

    public static IReadOnlyList<FieldProblem> Check(ResourceType type, JsonObject document, JsonObject? before) => (type.Group, type.Kind) switch
    {
        (BuiltInTypes.DefinitionGroup, "CustomResourceDefinition") => CustomDefinition.Check(document),
        ("", "Secret" or "ConfigMap") => [.. CheckKeys(document), .. CheckImmutable(document, before), .. CheckType(document, before)],
        ("", "Namespace") when !ObjectNames.IsLabel(document.Name()) => [FieldProblem.Invalid("metadata.name", document.Name(), "a lowercase RFC 1123 label is needed")],
        ("", "Event") => [.. CheckEvent(document)],
        ("coordination.k8s.io", "Lease") => [.. CheckLease(document)],
        (RoleAuthorizer.Group, "RoleBinding" or "ClusterRoleBinding") => [.. CheckRoleRef(document, before)],
        (AdmissionPolicies.Group, _) => AdmissionPolicies.Check(type, document),
        _ => [],
    };

    private static IEnumerable<FieldProblem> CheckKeys(JsonObject document)
    {
        foreach (var field in (string[])["data", "binaryData"])
        {
            foreach (var (key, _) in document.MembersAt(field))
            {
                if (!ObjectNames.IsKey(key)) yield return FieldProblem.Invalid($"{field}[{key}]", key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'");
            }
        }
    }

    private static IEnumerable<FieldProblem> CheckImmutable(JsonObject document, JsonObject? before)
    {
        if (!before.FlagAt("immutable")) yield break;
        foreach (var field in (string[])["data", "binaryData", "immutable"])
        {
            if (!Json.Same(document[field], before.At(field))) yield return FieldProblem.Forbidden(field, "field is immutable when `immutable` is set");
        }
    }

    private static IEnumerable<FieldProblem> CheckType(JsonObject document, JsonObject? before)
    {
        if (before is not null && document.TextAt("type") != before.TextAt("type")) yield return FieldProblem.Invalid("type", document["type"], "field is immutable");
    }

    // Objects that are in no namespace have their Events in the default one.
    private static IEnumerable<FieldProblem> CheckEvent(JsonObject document)
    {
        var about = document.TextAt("involvedObject", "namespace") ?? "";
        if (about == document.Namespace() || (about.Length == 0 && document.Namespace() is "default" or "kube-system")) yield break;
        yield return FieldProblem.Invalid("involvedObject.namespace", about, "does not match event.namespace");
    }

    private static IEnumerable<FieldProblem> CheckLease(JsonObject document)
    {
        if (document.NumberAt("spec", "leaseDurationSeconds") is <= 0 and var duration) yield return FieldProblem.Invalid("spec.leaseDurationSeconds", duration, "must be greater than 0");
        if (document.NumberAt("spec", "leaseTransitions") is < 0 and var count) yield return FieldProblem.Invalid("spec.leaseTransitions", count, "must be greater than or equal to 0");
    }

    // Who may bind a role may not slip another one under those who have it.
    private static IEnumerable<FieldProblem> CheckRoleRef(JsonObject document, JsonObject? before)
    {
        if (document.TextAt("roleRef", "name") is null or "") yield return FieldProblem.Required("roleRef.name");
        if (before is not null && !Json.Same(document["roleRef"], before["roleRef"])) yield return FieldProblem.Invalid("roleRef", document["roleRef"], "cannot change roleRef");
    }

    private static void PrepareSecret(JsonObject secret)
    {
        if (secret["type"] is null) secret["type"] = "Opaque";
        if (secret["stringData"] is not JsonObject plain) return;
        var data = secret.Child("data");
        foreach (var (name, value) in plain) data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.AsText() ?? ""));
        secret.Remove("stringData");
    }

    private static void PrepareNamespace(JsonObject document)
    {
        document.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = document.Name();
        if (document.At("spec", "finalizers") is null) document.Child("spec")["finalizers"] = new JsonArray("kubernetes");
        document.Child("status")["phase"] = document.IsBeingDeleted() ? "Terminating" : "Active";
    }
}
