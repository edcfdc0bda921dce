namespace Caphr.Lab.Tests.Rescue;

internal static class Clock
{
    // Real sockets and real processes keep real time.
#pragma warning disable RS0030
    public static TimeProvider Real => TimeProvider.System;
#pragma warning restore RS0030
}
