namespace Caphr.Lab.Cli;

/// <summary>How far along its way to a node a server is, by the name of its phase.</summary>
internal static class Progress
{
    private static readonly string[] s_way =
        ["Registered", "Available", "Claimed", "EnteringRescue", "InRescue", "Installing", "Booting", "Configuring", "Joining", "Provisioned"];

    /// <summary>From 0 to 1; 0 for a phase off the way.</summary>
    public static double Of(string phase) => Math.Max(0, Array.IndexOf(s_way, phase)) / (double)(s_way.Length - 1);

    public static string Bar(string phase, int width)
    {
        var full = (int)Math.Round(Of(phase) * width);
        return new string('█', full) + new string('░', width - full);
    }
}
