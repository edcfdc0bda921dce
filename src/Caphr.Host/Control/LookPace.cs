namespace Caphr.Host.Control;

/// <summary>
/// How long changes are gathered before the next look. A look takes long where there are many servers, or where others need the processor; in a storm of changes there
/// would be nothing but looks, and what was decided would not get its turn.
/// </summary>
internal static class LookPace
{
    private const int Rest = 2;

    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(20);

    /// <summary>A small fleet's looks are short, but for the very first ones, of which code is compiled.</summary>
    private static readonly TimeSpan s_mostForEach = TimeSpan.FromMicroseconds(400);

    /// <summary>Twice as long as the last look took, so that looks never take more than a third of the time.</summary>
    public static TimeSpan After(TimeSpan lastLook, int hosts) => Longer(s_least, Shorter(Rest * lastLook, hosts * s_mostForEach));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
