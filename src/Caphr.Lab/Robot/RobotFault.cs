namespace Caphr.Lab.Robot;

/// <summary>What can be made to go wrong with a request.</summary>
public abstract record RobotFault
{
    private RobotFault() { }

    /// <summary>The request is answered with this and does nothing. Without a body Robot's own error form is left out too.</summary>
    public sealed record Answer(int Status, string? Body = null) : RobotFault;

    /// <summary>The request is carried out, then the connection is cut.</summary>
    public sealed record LoseReply : RobotFault;

    /// <summary>The request does nothing and is never answered.</summary>
    public sealed record Silence : RobotFault;
}
