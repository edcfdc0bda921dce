namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>
/// A rule the API server checks; the message tells what to write instead. On a type it holds wherever the type is used, on a property only
/// there. What a rule looks at is bounded in length, because the API server refuses a definition whose rules could become dear.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    public string Rule { get; } = rule;

    public string Message { get; } = message;
}
