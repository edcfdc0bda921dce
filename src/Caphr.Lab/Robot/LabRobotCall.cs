using System.Net;

namespace Caphr.Lab.Robot;

/// <summary>A request to Robot, whichever way it came.</summary>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Form">The body, as <c>a=b&amp;c=d</c>.</param>
/// <param name="Authorization">The header of that name.</param>
/// <param name="Caller">Whose wrong logins are counted together.</param>
public sealed record LabRobotCall(HttpMethod Method, string Target, string Form, string? Authorization, IPAddress Caller)
{
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Method = ").Append(Method).Append(", Target = ").Append(Target);
        return true;
    }
}

/// <summary>What comes back.</summary>
public abstract record LabRobotAnswer
{
    private LabRobotAnswer() { }

    public sealed record Told(int Status, string? Body) : LabRobotAnswer;

    /// <summary>It may have been done; the connection is cut instead of an answer.</summary>
    public sealed record Lost : LabRobotAnswer;

    /// <summary>Nothing was done, and nothing is ever answered.</summary>
    public sealed record Silent : LabRobotAnswer;
}
