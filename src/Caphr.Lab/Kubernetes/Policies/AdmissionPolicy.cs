using Caphr.Lab.Kubernetes.Cel;
using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Policies;

/// <summary>A ValidatingAdmissionPolicy that this server understands in full.</summary>
internal sealed record AdmissionPolicy
{
    public required string Name { get; init; }

    public IReadOnlyList<ResourceRule> Rules { get; init; } = [];

    public IReadOnlyList<ResourceRule> Excluded { get; init; } = [];

    public IReadOnlyList<NamedExpression> Conditions { get; init; } = [];

    public IReadOnlyList<NamedExpression> Variables { get; init; } = [];

    public IReadOnlyList<PolicyValidation> Validations { get; init; } = [];

    /// <summary>What cannot be evaluated is refused, unless the policy says <c>failurePolicy: Ignore</c>.</summary>
    public bool FailsClosed { get; init; } = true;

    public bool Concerns(AdmissionRequest request) => Rules.Any(rule => rule.Matches(request)) && !Excluded.Any(rule => rule.Matches(request));
}

internal sealed record NamedExpression(string Name, CelExpression Expression);

/// <summary>One validation: what must hold, and what is said when it does not.</summary>
internal sealed record PolicyValidation(string Text, CelExpression Expression, string Message, CelExpression? MessageExpression, RefusalReason Reason);

/// <summary>Which policies hold, and what happens to who breaks them.</summary>
internal sealed record PolicyBinding(string Name, string Policy, bool Denies, bool Warns);
