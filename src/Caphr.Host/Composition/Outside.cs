using Caphr.Host.Journals;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Robot;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Host.Composition;

/// <summary>The ways out of a controller: all that it ever meets beside its clock.</summary>
/// <param name="Machine">What Events are signed with.</param>
internal sealed record Outside(KubernetesConnection Kubernetes, JournalStore Journal, IRescueDoor Rescue, string Machine)
{
    /// <summary>Carries calls to Robot; null: sockets.</summary>
    public Func<HttpMessageHandler>? Robot { get; init; }

    /// <summary>Slow on purpose, and the same in every process: whoever starts thousands of controllers in one need not compute it thousands of times.</summary>
    public Func<RobotCredentials, string> LoginPrint { get; init; } = Caphr.Host.Robot.LoginPrint.Of;

    /// <summary>Carries calls to Talos nodes; null: sockets and TLS.</summary>
    public GrpcTransport? Nodes { get; init; }
}
