using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Lab.Rescue;

/// <summary>
/// The sshd of one boot: a host key of its own, an address, and a shell behind it. Sessions are awaited, not threads, so a datacenter of
/// listeners costs no more than their sockets.
/// </summary>
internal sealed class LabSshListener : IAsyncDisposable
{
    private readonly ILabShell _shell;
    private readonly TimeProvider _clock;
    private readonly Socket _socket;
    private readonly SshBindHandle _bind = ServerNativeMethods.NewBind();
    private readonly Lock _accepting = new();
    private readonly CancellationTokenSource _power = new();
    private readonly ConcurrentDictionary<Task, byte> _sessions = new();
    private readonly Task _accept;

    internal LabSshListener(IPEndPoint endpoint, ILabShell shell, TimeProvider clock)
    {
        if (!LibSshLibrary.IsPresent) throw new InvalidOperationException(LibSshLibrary.HowToInstall);

        _shell = shell;
        _clock = clock;
        var key = SshUserKey.Generate(SshKeyType.Ed25519);
        HostKey = HostKey.FromBlob(SshUserKey.PublicBlob(key));
        var processConfiguration = false;
        Require(ServerNativeMethods.SetBindOption(_bind, BindOption.ProcessConfig, in processConfiguration));
        Require(ServerNativeMethods.SetBindOption(_bind, BindOption.ImportKey, key.DangerousGetHandle()));
        // From here on the key is the bind's, which frees it.
        key.SetHandleAsInvalid();

        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        _socket.Bind(endpoint);
        _socket.Listen();
        Endpoint = (IPEndPoint)_socket.LocalEndPoint!;
        _accept = AcceptAsync();
    }

    internal HostKey HostKey { get; }

    internal IPEndPoint Endpoint { get; }

    /// <summary>The machine stops: the port closes and every connection is cut without a word.</summary>
    internal void CutPower()
    {
        _power.Cancel();
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        CutPower();
        await _accept;
        await Task.WhenAll(_sessions.Keys);
        _bind.Dispose();
        _power.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_power.IsCancellationRequested)
        {
            try
            {
                var connection = await _socket.AcceptAsync(_power.Token);
                connection.NoDelay = true;
                var session = Task.Run(() => ServeAsync(connection));
                _sessions.TryAdd(session, 0);
                _ = session.ContinueWith(ended => _sessions.TryRemove(ended, out _), TaskScheduler.Default);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The caller was gone before it was let in.
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        var pipe = TakeOver(connection);
        try
        {
            await new LabSshSession(pipe, _shell, _clock).RunAsync(_power.Token);
        }
        catch (OperationCanceledException)
        {
            // The machine stopped, or the caller was idle for too long.
        }
        finally
        {
            if (_power.IsCancellationRequested) pipe.Cut();
            else pipe.Dispose();
        }
    }

    private SshPipe TakeOver(Socket connection)
    {
        var session = SshSessionHandle.New();
        lock (_accepting) Require(ServerNativeMethods.Accept(_bind, session, SshPipe.Duplicate(connection)));
        NativeMethods.SetBlocking(session, 0);
        var pipe = new SshPipe(session, connection, _clock);
        pipe.UndoBlocking();
        return pipe;
    }

    private static void Require(int reply)
    {
        if (reply != Reply.Ok) throw new UnreachableException("libssh refused what it documents.");
    }
}
