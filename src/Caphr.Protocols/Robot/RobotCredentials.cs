using System.Text;

namespace Caphr.Protocols.Robot;

/// <summary>A web-service user of a Robot account, as made in Robot's own settings (<c>#ws+…</c>).</summary>
public sealed record RobotCredentials(string User, string Password)
{
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("User = ").Append(User);
        return true;
    }
}
