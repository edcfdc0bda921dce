using System.Net;
using System.Text;

namespace Caphr.Lab.Robot;

public sealed record LabRobotOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Zero takes any free port.</summary>
    public int Port { get; init; }

    public string User { get; init; } = "robot";

    public string Password { get; init; } = "robot-demo";

    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Address = ").Append(Address).Append(", Port = ").Append(Port).Append(", User = ").Append(User);
        return true;
    }
}
