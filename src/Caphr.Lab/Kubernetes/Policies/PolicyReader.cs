using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Cel;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Schema;

namespace Caphr.Lab.Kubernetes.Policies;

/// <summary>
/// Reads policies and their bindings. What this server cannot honour is a problem, with which the object is refused when it is
/// written: a policy half understood would let through what a real server refuses.
/// </summary>
internal sealed class PolicyReader
{
    private static readonly string[] s_roots = ["object", "oldObject", "request", "namespaceObject"];
    private static readonly string[] s_requestFields = ["kind", "resource", "subResource", "name", "namespace", "operation", "userInfo", "dryRun"];
    private static readonly string[] s_operations = ["CREATE", "UPDATE", "DELETE", "CONNECT", "*"];

    // In the order in which Kubernetes names them; the first is what a validation without a reason has.
    private static readonly Dictionary<string, RefusalReason> s_reasons = new(StringComparer.Ordinal)
    {
        ["Invalid"] = RefusalReason.Invalid,
        ["Forbidden"] = RefusalReason.Forbidden,
    };

    private readonly List<FieldProblem> _problems = [];

    private PolicyReader() { }

    public static AdmissionPolicy Policy(JsonObject document, out IReadOnlyList<FieldProblem> problems)
    {
        var reader = new PolicyReader();
        problems = reader._problems;
        return reader.ReadPolicy(document);
    }

    public static PolicyBinding Binding(JsonObject document, out IReadOnlyList<FieldProblem> problems)
    {
        var reader = new PolicyReader();
        problems = reader._problems;
        return reader.ReadBinding(document);
    }

    private AdmissionPolicy ReadPolicy(JsonObject document)
    {
        Expect(document.At("spec"), "spec", "matchConstraints", "matchConditions", "variables", "validations", "failurePolicy");
        var constraints = document.At("spec", "matchConstraints");
        Expect(constraints, "spec.matchConstraints", "resourceRules", "excludeResourceRules", "matchPolicy");
        var rules = Rules(constraints, "resourceRules");
        if (rules.Count == 0) _problems.Add(FieldProblem.Required("spec.matchConstraints.resourceRules"));

        var failurePolicy = document.TextAt("spec", "failurePolicy") ?? "Fail";
        if (failurePolicy is not ("Fail" or "Ignore")) _problems.Add(FieldProblem.Unsupported("spec.failurePolicy", failurePolicy, ["Fail", "Ignore"]));
        List<NamedExpression> variables = [];
        foreach (var (index, variable) in document.ItemsAt("spec", "variables").Index())
        {
            // Each may use those before it.
            if (Named(variable, $"spec.variables[{index}]", [.. variables.Select(known => known.Name)]) is { } read) variables.Add(read);
        }

        List<string> declared = [.. variables.Select(variable => variable.Name)];
        var validations = document.ItemsAt("spec", "validations").Select((validation, index) => Validation(validation, $"spec.validations[{index}]", declared)).OfType<PolicyValidation>().ToList();
        if (!document.ItemsAt("spec", "validations").Any()) _problems.Add(FieldProblem.Required("spec.validations"));
        return new AdmissionPolicy
        {
            Name = document.Name(),
            Rules = rules,
            Excluded = Rules(constraints, "excludeResourceRules"),
            // Conditions are asked before variables exist.
            Conditions = [.. document.ItemsAt("spec", "matchConditions").Select((condition, index) => Named(condition, $"spec.matchConditions[{index}]", null)).OfType<NamedExpression>()],
            Variables = variables,
            Validations = validations,
            FailsClosed = failurePolicy == "Fail",
        };
    }

    private PolicyBinding ReadBinding(JsonObject document)
    {
        Expect(document.At("spec"), "spec", "policyName", "validationActions");
        var policy = document.TextAt("spec", "policyName") ?? "";
        if (policy.Length == 0) _problems.Add(FieldProblem.Required("spec.policyName"));
        var actions = document.ItemsAt("spec", "validationActions").Select(action => action.AsText() ?? "").ToList();
        if (actions.Count == 0) _problems.Add(FieldProblem.Required("spec.validationActions"));
        foreach (var action in actions.Except(["Deny", "Warn"])) _problems.Add(FieldProblem.Unsupported("spec.validationActions", action, ["Deny", "Warn"]));
        if (actions.Contains("Deny") && actions.Contains("Warn")) _problems.Add(FieldProblem.Invalid("spec.validationActions", document.At("spec", "validationActions"), "must not contain both Deny and Warn"));
        return new PolicyBinding(document.Name(), policy, actions.Contains("Deny"), actions.Contains("Warn"));
    }

    private List<ResourceRule> Rules(JsonNode? constraints, string field) =>
        [.. constraints.ItemsAt(field).Select((rule, index) => Rule(rule, $"spec.matchConstraints.{field}[{index}]"))];

    private ResourceRule Rule(JsonNode? rule, string path)
    {
        Expect(rule, path, "apiGroups", "apiVersions", "operations", "resources", "resourceNames", "scope");
        var read = new ResourceRule
        {
            Groups = Texts(rule, path, "apiGroups"),
            Versions = Texts(rule, path, "apiVersions"),
            Operations = Texts(rule, path, "operations"),
            Resources = Texts(rule, path, "resources"),
            Names = [.. rule.ItemsAt("resourceNames").Select(name => name.AsText()).OfType<string>()],
            Scope = rule.TextAt("scope") ?? "*",
        };
        foreach (var operation in read.Operations.Except(s_operations)) _problems.Add(FieldProblem.Unsupported($"{path}.operations", operation, [.. s_operations.Select(known => (JsonNode)known)]));
        return read;
    }

    private List<string> Texts(JsonNode? rule, string path, string field)
    {
        var texts = rule.ItemsAt(field).Select(text => text.AsText()).OfType<string>().ToList();
        if (texts.Count == 0) _problems.Add(FieldProblem.Required($"{path}.{field}"));
        return texts;
    }

    private NamedExpression? Named(JsonNode? source, string path, IReadOnlyList<string>? variables)
    {
        Expect(source, path, "name", "expression");
        var name = source.TextAt("name") ?? "";
        if (name.Length == 0) _problems.Add(FieldProblem.Required($"{path}.name"));
        return Compile(source, path, "expression", variables) is { } expression ? new NamedExpression(name, expression) : null;
    }

    private PolicyValidation? Validation(JsonNode? source, string path, IReadOnlyList<string> variables)
    {
        Expect(source, path, "expression", "message", "messageExpression", "reason");
        var reason = source.TextAt("reason") ?? "Invalid";
        if (!s_reasons.TryGetValue(reason, out var known)) _problems.Add(FieldProblem.Unsupported($"{path}.reason", reason, [.. s_reasons.Keys.Select(text => (JsonNode)text)]));
        var expression = Compile(source, path, "expression", variables);
        var message = source.At("messageExpression") is null ? null : Compile(source, path, "messageExpression", variables);
        var text = source.TextAt("expression") ?? "";
        return expression is null ? null : new PolicyValidation(text, expression, source.TextAt("message") ?? $"failed expression: {text}", message, known);
    }

    /// <param name="variables">The variables the expression may use, or null where there are none at all.</param>
    private CelExpression? Compile(JsonNode? source, string path, string field, IReadOnlyList<string>? variables)
    {
        if (source.TextAt(field) is not { Length: > 0 } text)
        {
            _problems.Add(FieldProblem.Required($"{path}.{field}"));
            return null;
        }

        var expression = CelParser.Parse(text, out var complaint);
        complaint ??= CelChecker.Check(expression!, Declared(variables));
        if (complaint is null) return expression;
        _problems.Add(FieldProblem.Invalid($"{path}.{field}", text, $"compilation failed: ERROR: {complaint}"));
        return null;
    }

    /// <summary>What expressions may name. Objects may be of any kind, so their fields are not known beforehand; those of a request are.</summary>
    private static Dictionary<string, SchemaNode?> Declared(IReadOnlyList<string>? variables)
    {
        var anything = new SchemaNode { PreserveUnknown = true };
        var scope = s_roots.ToDictionary(root => root, _ => (SchemaNode?)anything, StringComparer.Ordinal);
        scope["request"] = Fields(s_requestFields);
        if (variables is not null) scope["variables"] = Fields(variables);
        return scope;

        SchemaNode Fields(IEnumerable<string> names) => new() { Type = "object", Properties = names.ToDictionary(name => name, _ => anything, StringComparer.Ordinal) };
    }

    private void Expect(JsonNode? source, string path, params ReadOnlySpan<string> known)
    {
        if (source is not JsonObject members)
        {
            _problems.Add(FieldProblem.Required(path));
            return;
        }

        foreach (var (name, _) in members)
        {
            if (!known.Contains(name)) _problems.Add(FieldProblem.Forbidden($"{path}.{name}", "this server does not evaluate it"));
        }
    }
}
