using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Policies;
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

    public static IReadOnlyList<FieldProblem> Check(ResourceType type, JsonObject document, JsonObject? before)
    {
        if (type.Is(BuiltInTypes.DefinitionGroup, "CustomResourceDefinition")) return CustomDefinition.Check(document);
        if (type.Group == AdmissionPolicies.Group) return AdmissionPolicies.Check(type, document);
        return before.FlagAt("immutable") && type.Group.Length == 0 && type.Kind is "Secret" or "ConfigMap" ? CheckImmutable(document, before!) : [];
    }

    private static IReadOnlyList<FieldProblem> CheckImmutable(JsonObject document, JsonObject before) =>
        ((string[])["data", "binaryData", "immutable"]).All(field => Json.Same(document[field], before[field]))
            ? []
            : [FieldProblem.Forbidden("data", "field is immutable when `immutable` is set")];

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
