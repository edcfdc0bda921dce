using System.Net;

namespace Caphr.Protocols.Rescue;

public sealed record RescueEndpoint(IPAddress Address, int Port = RescueEndpoint.SshPort)
{
    public const int SshPort = 22;

    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
