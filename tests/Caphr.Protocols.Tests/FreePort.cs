using System.Net;
using System.Net.Sockets;

namespace Caphr.Protocols.Tests;

/// <summary>
/// Ports of loopback for other programs, which cannot be given zero and asked what they took, and for tests of a port that is closed. They lie below those that the system gives to outgoing
/// connections, any of which may take one between a look and a bind; and each process looks in a place of its own, never twice at one port.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Many = 12_000;
    private const int Attempts = 1_000;

    // Processes that are started together have neighbouring numbers.
    private static int s_next = Environment.ProcessId * 397 % Many;

    public static int Take() => TakeBase(0);

    /// <summary>A number to which each of these can be added.</summary>
    public static int TakeBase(params int[] offsets)
    {
        var width = offsets.Max() + 1;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = First + ((Interlocked.Add(ref s_next, width) - width) % Many);
            if (offsets.All(offset => IsFree(port + offset))) return port;
        }

        throw new InvalidOperationException($"There is no free port from {First} on.");
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
