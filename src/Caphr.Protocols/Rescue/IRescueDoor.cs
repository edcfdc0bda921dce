namespace Caphr.Protocols.Rescue;

/// <summary>The way into rescue systems. <see cref="RescueConnector"/> is the one that leads there.</summary>
public interface IRescueDoor
{
    /// <summary>
    /// Connects, checks the host key, and logs in, in this order: the user key is not even offered to a host that is not trusted.
    /// The session belongs to the caller. Cancellation closes whatever was open.
    /// </summary>
    Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(RescueEndpoint endpoint, SshUserKey key, HostKeyPolicy policy, CancellationToken cancellation);
}
