namespace Caphr.Host.Robot;

/// <summary>What a call is for. The earlier lanes go first.</summary>
internal enum RobotLane
{
    /// <summary>Somebody waits for a server to be surely out of the way.</summary>
    Fence,

    /// <summary>A node is down.</summary>
    Recover,

    Provision,

    Inspect,

    Inventory,
}

internal static class RobotLanes
{
    public static IReadOnlyList<RobotLane> All { get; } = Enum.GetValues<RobotLane>();

    /// <summary>How old an answer may be that was meant for somebody else. Whoever fences acts on what is, not on what was.</summary>
    public static TimeSpan OldestAnswer(this RobotLane lane) => lane switch
    {
        RobotLane.Fence => TimeSpan.Zero,
        RobotLane.Recover => TimeSpan.FromSeconds(10),
        RobotLane.Provision => TimeSpan.FromMinutes(1),
        RobotLane.Inspect => TimeSpan.FromMinutes(10),
        RobotLane.Inventory => TimeSpan.FromDays(1),
    };
}
