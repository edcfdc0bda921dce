using System.Text;
using Caphr.Actors.Servers;
using Caphr.Host.Control;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// A server's events as its story tells them. What Kubernetes Events say is said in the same words; here stand only those that are of no use there. An event
/// nobody has found words for is told by its name, and a test names it.
/// </summary>
internal static class StoryWords
{
    public const string Robot = "Robot";
    public const string Rescue = "rescue";
    public const string Talos = "Talos";
    public const string Kubernetes = "Kubernetes";
    public const string Person = "a person";
    public const string Caphr = "CAPHR";

    public static string Sentence(ServerEvent happened) => Known(happened) ?? $"{Spaced(happened.GetType().Name)}.";

    public static string? Known(ServerEvent happened) => happened switch
    {
        ServerEvent.AccessGiven { Robot: { } access } => $"Robot is asked with the credentials of {access.Credentials}.",
        ServerEvent.AccessGiven => "No HetznerRobotCluster offers credentials for Robot any more.",
        ServerEvent.PlanChanged changed => $"What {changed.Plan.Machine} asks for has changed.",
        ServerEvent.HardwareSeen seen => $"The rescue system tells of the hardware: MAC {seen.Hardware.Boot.PrimaryMac}, disks {string.Join(", ", seen.Hardware.Disks.Select(disk => disk.Name))}.",
        ServerEvent.WaitEnded => "What it waited for is there, or is not wanted any more.",
        _ => EventTexts.For(happened)?.Message,
    };

    public static string Cause(ServerEvent happened) => EventTexts.For(happened)?.Reason ?? happened.GetType().Name;

    /// <summary>Whose word or deed it was. What is only intended is CAPHR's own.</summary>
    public static string Who(ServerEvent happened) => happened switch
    {
        ServerEvent.AccessGiven or ServerEvent.ClaimAccepted or ServerEvent.ClaimAdopted or ServerEvent.PlanChanged => Kubernetes,
        ServerEvent.RetryAsked or ServerEvent.RepairBegun { Order.Cause: RepairCause.Person } or ServerEvent.QuarantineLifted or ServerEvent.WipeAsked => Person,
        ServerEvent.WorkPaused or ServerEvent.WorkResumed or ServerEvent.RepairBegun => Kubernetes,
        ServerEvent.Identified or ServerEvent.ResetPressed { Known: true } => Robot,
        ServerEvent.RescueReached or ServerEvent.ImageWritten or ServerEvent.RescueLeft or ServerEvent.HardwareSeen or ServerEvent.Released { Wiped: true } => Rescue,
        ServerEvent.MaintenanceReached or ServerEvent.ConfigurationAccepted or ServerEvent.NodeProven or ServerEvent.NodeDismissed or ServerEvent.NodeReturned => Talos,
        _ => Caphr,
    };

    /// <summary><c>PressReset</c> as <c>Press reset</c>.</summary>
    public static string Spaced(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && words.Length > 0) words.Append(' ').Append(char.ToLowerInvariant(letter));
            else words.Append(letter);
        }

        return words.ToString();
    }
}
