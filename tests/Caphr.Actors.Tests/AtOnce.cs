namespace Caphr.Actors.Tests;

/// <summary>
/// For what takes no time, such as a call of a journal in memory. To block for what takes some is banned: xunit gives all tests together as many threads as
/// there are cores, what is awaited goes on on one of them, and two tests that block at the same moment wait for each other for ever.
/// </summary>
internal static class AtOnce
{
    public static T Ended<T>(this Task<T> call)
    {
        if (!call.IsCompleted) throw new InvalidOperationException("A call that takes no time took some.");
#pragma warning disable RS0030 // It has ended, so nobody waits.
        return call.GetAwaiter().GetResult();
#pragma warning restore RS0030
    }
}
