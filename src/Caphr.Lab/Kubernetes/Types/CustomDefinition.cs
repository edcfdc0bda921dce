using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Schema;

namespace Caphr.Lab.Kubernetes.Types;

/// <summary>Reads a CustomResourceDefinition: fills in what may be left out, refuses what cannot be honoured, and says which types it serves.</summary>
internal static partial class CustomDefinition
{
    public static void Default(JsonObject definition)
    {
        var spec = definition.Child("spec");
        var names = spec.Child("names");
        var kind = names.TextAt("kind") ?? "";
        if (names["singular"] is null) names["singular"] = kind.ToLowerInvariant();
        if (names["listKind"] is null) names["listKind"] = kind + "List";
        if (spec["conversion"] is null) spec["conversion"] = new JsonObject { ["strategy"] = "None" };
    }

    /// <summary>A definition is served the moment it is accepted, so it is born established.</summary>
    public static void Establish(JsonObject definition, string now)
    {
        var status = definition.Child("status");
        status["acceptedNames"] = definition.At("spec", "names")?.DeepClone();
        status["storedVersions"] = new[] { StorageVersion(definition) ?? "" }.ToArray();
        if (status["conditions"] is not null) return;
        status["conditions"] = new JsonArray(
            Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
            Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));
    }

    public static IReadOnlyList<FieldProblem> Check(JsonObject definition)
    {
        var problems = new List<FieldProblem>();
        var group = definition.TextAt("spec", "group") ?? "";
        var plural = definition.TextAt("spec", "names", "plural") ?? "";
        if (group.Length == 0) problems.Add(FieldProblem.Required("spec.group"));
        if (plural.Length == 0) problems.Add(FieldProblem.Required("spec.names.plural"));
        if (string.IsNullOrEmpty(definition.TextAt("spec", "names", "kind"))) problems.Add(FieldProblem.Required("spec.names.kind"));
        if (definition.Name() != $"{plural}.{group}")
        {
            problems.Add(FieldProblem.Invalid("metadata.name", definition.Name(), "must be spec.names.plural+\".\"+spec.group"));
        }

        if (definition.TextAt("spec", "scope") is not ("Namespaced" or "Cluster"))
        {
            problems.Add(FieldProblem.Unsupported("spec.scope", definition.At("spec", "scope"), ["Cluster", "Namespaced"]));
        }

        if (definition.TextAt("spec", "conversion", "strategy") is not "None")
        {
            problems.Add(FieldProblem.Unsupported("spec.conversion.strategy", definition.At("spec", "conversion", "strategy"), ["None"]));
        }

        var versions = Versions(definition);
        if (versions.Count(version => version.FlagAt("storage")) != 1)
        {
            problems.Add(FieldProblem.Invalid("spec.versions", versions.Count, "must have exactly one version marked as storage version"));
        }

        for (var i = 0; i < versions.Count; i++) CheckVersion(versions[i], $"spec.versions[{i}]", problems);
        return problems;
    }

    /// <summary>Only for a definition that passed <see cref="Check"/>.</summary>
    public static IEnumerable<ResourceType> Types(JsonObject definition)
    {
        var names = definition.At("spec", "names");
        foreach (var version in Versions(definition).Where(version => version.FlagAt("served")))
        {
            var openApi = (JsonObject)version.At("schema", "openAPIV3Schema")!;
            yield return new ResourceType
            {
                Group = definition.TextAt("spec", "group")!,
                Version = version.TextAt("name")!,
                Kind = names.TextAt("kind")!,
                Plural = names.TextAt("plural")!,
                Singular = names.TextAt("singular")!,
                ListKind = names.TextAt("listKind")!,
                Namespaced = definition.TextAt("spec", "scope") == "Namespaced",
                ShortNames = [.. names.ItemsAt("shortNames").Select(item => item.AsText()!)],
                Categories = [.. names.ItemsAt("categories").Select(item => item.AsText()!)],
                HasStatus = version.At("subresources", "status") is not null,
                Scale = version.At("subresources", "scale") is JsonObject scale ? Scale(scale) : null,
                SelectableFields = version.ItemsAt("selectableFields").Select(item => item.TextAt("jsonPath")?.TrimStart('.')).OfType<string>().ToHashSet(),
                Columns = Columns(version, []),
                Schema = SchemaReader.Read(openApi, "", []),
                OpenApi = openApi,
                Description = openApi.TextAt("description") ?? "",
            };
        }
    }

    private static ScalePaths Scale(JsonObject scale)
    {
        return new ScalePaths(Path("specReplicasPath") ?? [], Path("statusReplicasPath") ?? [], Path("labelSelectorPath"));

        string[]? Path(string name) => scale.TextAt(name) is { Length: > 0 } text ? text.TrimStart('.').Split('.') : null;
    }

    private static void CheckScale(JsonObject version, string path, List<FieldProblem> problems)
    {
        if (version.At("subresources", "scale") is not JsonObject scale) return;
        foreach (var (field, root) in (ReadOnlySpan<(string, string)>)[("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")])
        {
            if (scale.TextAt(field) is { } given && given.StartsWith(root, StringComparison.Ordinal)) continue;
            problems.Add(FieldProblem.Invalid($"{path}.subresources.scale.{field}", scale[field], $"should be a json path under {root.TrimEnd('.')}"));
        }
    }

    private static void CheckVersion(JsonObject version, string path, List<FieldProblem> problems)
    {
        if (version.TextAt("name") is not { } name || !VersionName().IsMatch(name)) problems.Add(FieldProblem.Invalid($"{path}.name", version["name"], "a DNS-1035 label is needed"));
        if (version.At("schema", "openAPIV3Schema") is JsonObject schema) SchemaReader.Read(schema, $"{path}.schema.openAPIV3Schema", problems);
        else problems.Add(FieldProblem.Required($"{path}.schema.openAPIV3Schema", "schemas are required"));

        CheckScale(version, path, problems);
        var before = problems.Count;
        Columns(version, problems);
        for (var i = before; i < problems.Count; i++) problems[i] = problems[i] with { Path = $"{path}.{problems[i].Path}" };
    }

    private static List<PrinterColumn> Columns(JsonObject version, List<FieldProblem> problems)
    {
        var columns = new List<PrinterColumn> { BuiltInColumns.Name };
        var declared = version.ItemsAt("additionalPrinterColumns").OfType<JsonObject>().ToList();
        for (var i = 0; i < declared.Count; i++)
        {
            var path = declared[i].TextAt("jsonPath") ?? "";
            if (JsonPath.Parse(path) is not { } parsed)
            {
                problems.Add(FieldProblem.Invalid($"additionalPrinterColumns[{i}].jsonPath", path, "is not a JSONPath this server understands"));
                continue;
            }

            columns.Add(PrinterColumn.FromPath(declared[i], parsed));
        }

        if (declared.Count == 0) columns.Add(BuiltInColumns.Age);
        return columns;
    }

    private static List<JsonObject> Versions(JsonObject definition) => [.. definition.ItemsAt("spec", "versions").OfType<JsonObject>()];

    private static string? StorageVersion(JsonObject definition) =>
        Versions(definition).FirstOrDefault(version => version.FlagAt("storage")).TextAt("name");

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex VersionName();
}
