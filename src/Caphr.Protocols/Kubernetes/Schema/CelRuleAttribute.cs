namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>
/// A rule the API server checks; the message tells what to write instead. On a type it holds wherever the type is used, on a property only
/// there. Rules keep to has(), comparisons, !, &amp;&amp; and ||, so that they are cheap everywhere.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    public string Rule { get; } = rule;

    public string Message { get; } = message;
}
