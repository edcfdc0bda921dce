using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Caphr.Protocols.Rescue.LibSsh;

/// <summary>
/// One libssh session over one .NET socket. libssh never blocks: when it would, it says "again", and the socket is awaited instead of
/// a thread being parked. So a thousand open sessions cost no thread, a time-out or cancellation just stops awaiting, and no native
/// call is ever interrupted. Not for concurrent use.
/// </summary>
internal sealed class SshPipe : IDisposable
{
    // fcntl's F_DUPFD_CLOEXEC: the copy must not leak into processes we start.
    private const int DuplicateCloseOnExec = 1030;

    // fcntl's F_SETFL and its O_NONBLOCK, as Linux numbers them on every processor .NET runs on.
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;

    // .NET has no way to await that a socket can be written again. A full send buffer is rare (uploads only), so it is polled.
    private static readonly TimeSpan s_writePause = TimeSpan.FromMilliseconds(2);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly byte[] _peeked = new byte[1];
    private ulong _receivedBefore;
    private int _writeStalls;
    private bool _peerClosed;

    internal SshPipe(SshSessionHandle session, Socket socket, TimeProvider time)
    {
        Session = session;
        _socket = socket;
        _time = time;
    }

    internal SshSessionHandle Session { get; }

    /// <summary>The peer ended or cut the connection, as opposed to libssh giving up on it.</summary>
    internal bool PeerHungUp => _peerClosed || (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0);

    /// <summary>Nothing more will come of this session, whoever ended it.</summary>
    internal bool IsOver => _peerClosed || (NativeMethods.GetStatus(Session) & (SessionStatus.Closed | SessionStatus.ClosedByError)) != 0;

    internal string LastError => PlainText.FromPeer(Marshal.PtrToStringUTF8(NativeMethods.GetError(Session)) ?? "");

    /// <summary>A descriptor of its own for libssh, which closes what it is given.</summary>
    internal static int Duplicate(Socket socket)
    {
        var copy = NativeMethods.ControlDescriptor((int)socket.Handle, DuplicateCloseOnExec, 0);
        return copy >= 0 ? copy : throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// To be called whenever libssh has taken a descriptor over: it makes it blocking, whatever its session is, and the mode belongs to
    /// both copies. .NET would from then on wait inside the kernel, on the thread, and deaf to cancellation.
    /// </summary>
    internal void UndoBlocking()
    {
        if (NativeMethods.ControlDescriptor((int)_socket.Handle, SetFlags, NonBlocking) < 0) throw new SocketException(Marshal.GetLastPInvokeError());
    }

    /// <summary>Repeats a call for as long as it asks for that. Gives <see cref="Reply.Error"/> when the connection is over.</summary>
    internal async Task<int> RepeatAsync(Func<SshSessionHandle, int> call, int again, CancellationToken cancellation)
    {
        while (true)
        {
            var reply = call(Session);
            if (reply != again) return reply;
            if (!await WaitAsync(cancellation)) return Reply.Error;
        }
    }

    /// <summary>
    /// Waits until libssh can get on. False when the connection is over. To be called when everything was looked at and nothing had come.
    /// Any call into libssh may take bytes from the socket, also those another call was asked about just before: so as long as something
    /// came since the last time, the caller looks at everything once more, and only a round without a byte ends in waiting.
    /// </summary>
    internal async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Session.BytesReceived is var received && received != _receivedBefore)
        {
            _receivedBefore = received;
            return true;
        }

        if (IsOver) return false;
        if ((NativeMethods.GetPollFlags(Session) & SessionStatus.WritePending) != 0)
        {
            // The first time the next call will flush; only when that did not help is the send buffer full.
            if (_writeStalls++ > 0) await Task.Delay(s_writePause, _time, cancellation);
            return true;
        }

        _writeStalls = 0;
        try
        {
            // Peeking takes nothing away from libssh, and unlike receiving nothing it is not woken by bytes that libssh already took.
            // An end is not the end yet: libssh gets one more turn, to hand over what it had read before.
            _peerClosed = await _socket.ReceiveAsync(_peeked.AsMemory(), SocketFlags.Peek, cancellation) == 0;
            return true;
        }
        catch (SocketException)
        {
            _peerClosed = true;
            return false;
        }
    }

    /// <summary>Closes without a word to the peer, as a machine does that loses its power.</summary>
    internal void Cut()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Dispose();
    }

    public void Dispose()
    {
        // libssh's copy of the descriptor first: the socket's own must be the last one, for .NET relies on that when it forgets it.
        Session.Dispose();
        _socket.Dispose();
    }
}
