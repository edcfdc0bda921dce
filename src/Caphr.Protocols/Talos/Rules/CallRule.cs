using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Protocols.Talos.Rules;

/// <summary>What a node makes of a call.</summary>
public abstract record CallRule
{
    private CallRule() { }

    /// <summary>It carries the call out for a certificate with this role. Null: it asks nobody who they are.</summary>
    public sealed record Allowed(TalosRole? LeastRole) : CallRule;

    /// <summary>It refuses everybody, with this code.</summary>
    public sealed record Refused(GrpcStatusCode Code) : CallRule;
}
