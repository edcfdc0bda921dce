using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Cel;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Policies;

/// <summary>The ValidatingAdmissionPolicies that are bound, and their judgement of a write that is valid otherwise.</summary>
internal sealed class AdmissionPolicies
{
    public const string Group = "admissionregistration.k8s.io";

    private static readonly GroupResource s_policies = new(Group, "validatingadmissionpolicies");
    private static readonly GroupResource s_bindings = new(Group, "validatingadmissionpolicybindings");

    private readonly ObjectStore _store;
    private readonly Lock _following = new();
    private volatile IReadOnlyList<(AdmissionPolicy Policy, PolicyBinding Binding)> _bound = [];

    public AdmissionPolicies(ObjectStore store)
    {
        _store = store;
        Bind();
    }

    /// <summary>For the moment a policy or a binding is written. What they may hold is refused here rather than ignored later.</summary>
    public static IReadOnlyList<FieldProblem> Check(ResourceType type, JsonObject document)
    {
        IReadOnlyList<FieldProblem> problems = [];
        if (type.Is(Group, "ValidatingAdmissionPolicy")) PolicyReader.Policy(document, out problems);
        if (type.Is(Group, "ValidatingAdmissionPolicyBinding")) PolicyReader.Binding(document, out problems);
        return problems;
    }

    /// <summary>To be called after every change of what is stored.</summary>
    public void Follow(GroupResource changed)
    {
        if (changed != s_policies && changed != s_bindings) return;
        lock (_following) Bind();
    }

    /// <summary>The refusal of the first policy that denies the write. Policies that only warn add to the warnings.</summary>
    public Refusal? Review(AdmissionRequest request, IList<string> warnings)
    {
        // As in Kubernetes, no policy judges the policies themselves, or a wrong one could never be mended.
        if (_bound.Count == 0 || request.Type.Group == Group) return null;
        var asked = new Lazy<CelScope>(() => ScopeOf(request));
        foreach (var (policy, binding) in _bound.Where(bound => bound.Policy.Concerns(request)))
        {
            foreach (var (message, reason) in Complaints(policy, asked.Value))
            {
                var name = $"ValidatingAdmissionPolicy '{policy.Name}' with binding '{binding.Name}'";
                if (binding.Warns) warnings.Add($"Validation failed for {name}: {message}");
                if (!binding.Denies) continue;
                return new Refusal(reason, $"{request.Type.GroupResource} \"{request.Name}\" is forbidden: {name} denied request: {message}")
                {
                    Resource = request.Type.GroupResource,
                    Name = request.Name,
                };
            }
        }

        return null;
    }

    private void Bind()
    {
        var policies = _store.List(s_policies, null).Items.Select(item => PolicyReader.Policy(item.Read(), out _)).ToDictionary(policy => policy.Name, StringComparer.Ordinal);
        _bound =
        [
            .. _store.List(s_bindings, null).Items.Select(item => PolicyReader.Binding(item.Read(), out _))
                .Where(binding => policies.ContainsKey(binding.Policy))
                .Select(binding => (policies[binding.Policy], binding)),
        ];
    }

    private CelScope ScopeOf(AdmissionRequest request) => CelScope.Empty
        .With("object", request.Object)
        .With("oldObject", request.OldObject)
        .With("request", request.ToJson())
        .With("namespaceObject", request.Type.Namespaced ? _store.Find(new ObjectKey(BuiltInTypes.Namespaces, "", request.Namespace))?.Read() : null);

    private static IEnumerable<(string Message, RefusalReason Reason)> Complaints(AdmissionPolicy policy, CelScope scope)
    {
        var conditions = policy.Conditions.Select(condition => (condition.Name, Result: CelEvaluator.Evaluate(condition.Expression, scope))).ToList();
        // A condition that surely does not hold settles it, whatever the others failed at.
        if (conditions.Any(condition => condition.Result.IsFalse)) yield break;
        if (conditions.FirstOrDefault(condition => !condition.Result.IsTrue) is { Name: { } broken, Result: var failed })
        {
            if (policy.FailsClosed) yield return ($"match condition '{broken}' failed: {failed.Error ?? "it is neither true nor false"}", RefusalReason.Invalid);
            yield break;
        }

        var known = WithVariables(policy, scope);
        foreach (var validation in policy.Validations)
        {
            var result = CelEvaluator.Evaluate(validation.Expression, known);
            if (result.IsTrue) continue;
            if (result.IsFalse) yield return (MessageOf(validation, known), validation.Reason);
            else if (policy.FailsClosed) yield return ($"expression '{validation.Text}' resulted in error: {result.Error ?? "it is neither true nor false"}", RefusalReason.Invalid);
        }
    }

    /// <summary>A variable whose expression fails is left out, so that only who uses it fails.</summary>
    private static CelScope WithVariables(AdmissionPolicy policy, CelScope scope)
    {
        var variables = new JsonObject();
        foreach (var variable in policy.Variables)
        {
            if (CelEvaluator.Evaluate(variable.Expression, scope.With("variables", variables)) is { Error: null } result) variables[variable.Name] = result.Value?.DeepClone();
        }

        return scope.With("variables", variables);
    }

    private static string MessageOf(PolicyValidation validation, CelScope scope) =>
        validation.MessageExpression is { } expression && CelEvaluator.Evaluate(expression, scope).Value.AsText() is { Length: > 0 } built ? built : validation.Message;
}
