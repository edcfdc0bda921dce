using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Lab.Rescue;

/// <summary>
/// The sshd of one boot: a host key of its own, an address, and a shell behind it. Sessions are awaited, not threads, so a datacenter of
/// listeners costs no more than their sockets.
/// </summary>
internal sealed class LabSshListener : IAsyncDisposable
{
    private readonly LabServer _server;
    private readonly ILabShell _shell;
    private readonly TimeProvider _clock;
    private readonly Socket _socket;
    private readonly SshBindHandle _bind = ServerNativeMethods.NewBind();
    private readonly Lock _accepting = new();
    private readonly CancellationTokenSource _power = new();
    private readonly ConcurrentBag<Socket> _unheard = [];
    private readonly ConcurrentDictionary<Task, byte> _sessions = new();
    private readonly Task _accept;
    private volatile CancellationTokenSource _cable = new();

    internal LabSshListener(IPEndPoint endpoint, LabServer server, ILabShell shell, TimeProvider clock)
    {
        if (!LibSshLibrary.IsPresent) throw new InvalidOperationException(LibSshLibrary.HowToInstall);

        _server = server;
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

    /// <summary>The network goes: every connection is dead, and new ones are not heard.</summary>
    internal void Unplug()
    {
        // Not disposed: a connection may be taking its token at this moment.
        Interlocked.Exchange(ref _cable, new CancellationTokenSource()).Cancel();
    }

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
        foreach (var unheard in _unheard) unheard.Dispose();
        _bind.Dispose();
        _cable.Dispose();
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
                if (TurnsAway(connection)) continue;
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

    private bool TurnsAway(Socket connection)
    {
        if (_server.IsOn(ServerFault.SshResets))
        {
            connection.LingerState = new LingerOption(enable: true, seconds: 0);
            connection.Dispose();
            return true;
        }

        // A packet to a dead cable is lost; on this machine the kernel has answered it already, so at least nothing more is said.
        if (_server.IsAttached && !_server.IsOn(ServerFault.SshSilent)) return false;
        _unheard.Add(connection);
        return true;
    }

    private async Task ServeAsync(Socket connection)
    {
        var pipe = TakeOver(connection);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_power.Token, _cable.Token);
        try
        {
            await new LabSshSession(pipe, () => connection.Shutdown(SocketShutdown.Both), _server, _shell, _clock).RunAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            // The machine stopped, or the caller was idle for too long.
        }
        finally
        {
            if (over.IsCancellationRequested) pipe.Cut();
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
