using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Schema;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>What every write goes through before it may be stored: unknown fields, defaults, names, schema, rules.</summary>
internal static class Admission
{
    /// <summary>Brings the document into shape, in place; a strict client is told about every field that would be dropped.</summary>
    public static Refusal? Shape(ResourceType type, JsonObject document, WriteOptions options)
    {
        var unknown = PruneMetadata(document);
        if (type.Schema is not null) unknown.AddRange(Shaper.Prune(document, type.Schema));
        if (type.Fields is not null) unknown.AddRange(BuiltInRules.Prune(type.Fields, document));
        if (unknown.Count > 0 && options.FieldValidation == FieldValidation.Strict)
        {
            var fields = string.Join(", ", unknown.Select(field => $"unknown field \"{field}\""));
            return Refusal.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {fields}");
        }

        if (options.FieldValidation == FieldValidation.Warn)
        {
            foreach (var field in unknown) options.Warnings.Add($"unknown field \"{field}\"");
        }

        if (type.Schema is not null) Shaper.Default(document, type.Schema);
        return null;
    }

    public static Outcome<Done, Refusal> Check(ResourceType type, JsonObject document, JsonObject? before)
    {
        var problems = new List<FieldProblem>(ObjectNames.Check(document, isSegment: type.Group == RoleAuthorizer.Group));
        problems.AddRange(BuiltInRules.Check(type, document, before));
        if (before is not null) problems.AddRange(NewFinalizersOfTheDying(document, before));
        if (type.Schema is not null)
        {
            problems.AddRange(Validator.Validate(document, type.Schema));
            // Rules may rely on what the schema promises, so they are only asked once it holds.
            if (problems.Count == 0) problems.AddRange(RuleRunner.Run(document, before, type.Schema));
        }

        return problems.Count == 0 ? default(Done) : Refusal.Invalid(type, document.Name(), problems);
    }

    private static List<string> PruneMetadata(JsonObject document)
    {
        var dropped = new List<string>();
        foreach (var name in document.MembersAt("metadata").Select(member => member.Key).Where(name => !Metadata.Known.Contains(name)).ToList())
        {
            document.Child("metadata").Remove(name);
            dropped.Add($"metadata.{name}");
        }

        return dropped;
    }

    private static IEnumerable<FieldProblem> NewFinalizersOfTheDying(JsonObject document, JsonObject before)
    {
        if (!before.IsBeingDeleted()) yield break;
        var added = document.Finalizers().Except(before.Finalizers()).ToList();
        if (added.Count == 0) yield break;
        var listed = string.Join(", ", added.Select(name => $"\"{name}\""));
        yield return FieldProblem.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{listed}}}");
    }
}
