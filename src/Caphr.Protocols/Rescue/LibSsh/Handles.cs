using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Caphr.Protocols.Rescue.LibSsh;

internal sealed unsafe class SshSessionHandle() : SafeHandle(0, ownsHandle: true)
{
    private TrafficCounter* _traffic;

    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes that libssh has taken from the socket so far, whichever call it was that took them.</summary>
    internal ulong BytesReceived => _traffic->BytesIn;

    internal static SshSessionHandle New()
    {
        var session = NativeMethods.NewSession();
        if (session.IsInvalid) throw new UnreachableException("libssh had no memory for a session.");
        session._traffic = (TrafficCounter*)NativeMemory.AllocZeroed((nuint)sizeof(TrafficCounter));
        NativeMethods.SetCounters(session, session._traffic, raw: null);
        NativeMethods.SetBlocking(session, 0);
        return session;
    }

    /// <summary>Frees the session with all its channels, and closes the descriptor it was given.</summary>
    protected override bool ReleaseHandle()
    {
        NativeMethods.FreeSession(handle);
        NativeMemory.Free(_traffic);
        return true;
    }
}

/// <summary>As libssh lays it out.</summary>
internal struct TrafficCounter
{
    public ulong BytesIn;
    public ulong BytesOut;
    public ulong PacketsIn;
    public ulong PacketsOut;
}

internal sealed class SshKeyHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.FreeKey(handle);
        return true;
    }
}

/// <summary>Keeps its session alive: freeing a channel after its session would touch freed memory.</summary>
internal sealed class SshChannelHandle : SafeHandle
{
    private readonly SshSessionHandle _session;

    internal SshChannelHandle(SshSessionHandle session, nint channel)
        : base(0, ownsHandle: true)
    {
        var held = false;
        session.DangerousAddRef(ref held);
        _session = session;
        SetHandle(channel);
    }

    public override bool IsInvalid => handle == 0;

    internal static SshChannelHandle New(SshSessionHandle session)
    {
        var channel = NativeMethods.NewChannel(session);
        return channel != 0 ? new SshChannelHandle(session, channel) : throw new UnreachableException("libssh had no memory for a channel.");
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.FreeChannel(handle);
        _session.DangerousRelease();
        return true;
    }
}
