using System.Net.Sockets;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Protocols.Rescue;

/// <summary>From a connected socket to a logged-in connection.</summary>
internal static class SshLogin
{
    private static readonly byte[] s_banner = "SSH-"u8.ToArray();

    /// <summary>On success the connection owns the socket; otherwise it stays the caller's.</summary>
    internal static async Task<Outcome<SshConnection, RescueFailure>> RunAsync(
        Socket socket, string user, SshUserKey key, HostKeyPolicy policy, TimeProvider time, CancellationToken cancellation)
    {
        var greeting = await CheckGreetingAsync(socket, cancellation);
        if (greeting is not null) return greeting;

        var pipe = new SshPipe(NewSession(socket, user), socket, time);
        var handedOver = false;
        try
        {
            var login = await ProveBothSidesAsync(pipe, key, policy, cancellation);
            if (!login.TryGet(out var hostKey, out var failure)) return failure;
            handedOver = true;
            return new SshConnection(pipe, hostKey);
        }
        finally
        {
            if (!handedOver) pipe.Session.Dispose();
        }
    }

    /// <summary>Looks at the first bytes without taking them: libssh would wait for a line that a chatty stranger may never end.</summary>
    private static async Task<RescueFailure?> CheckGreetingAsync(Socket socket, CancellationToken cancellation)
    {
        var seen = new byte[s_banner.Length];
        try
        {
            var count = await socket.ReceiveAsync(seen.AsMemory(), SocketFlags.Peek, cancellation);
            if (count == 0) return new RescueFailure(RescueError.Dropped, "the connection was closed before a greeting.");
            return s_banner.AsSpan().StartsWith(seen.AsSpan(0, count)) ? null : new RescueFailure(RescueError.NotSsh, "what listens there does not speak SSH.");
        }
        catch (SocketException exception)
        {
            return new RescueFailure(RescueError.Dropped, $"the connection was cut before a greeting ({exception.SocketErrorCode}).");
        }
    }

    private static SshSessionHandle NewSession(Socket socket, string user)
    {
        var session = SshSessionHandle.New();
        var processConfiguration = false;
        // Without these libssh reads the configuration and the known hosts of whoever runs the process.
        Require(NativeMethods.SetOption(session, SessionOption.ProcessConfig, in processConfiguration));
        Require(NativeMethods.SetOption(session, SessionOption.KnownHosts, "/dev/null"));
        Require(NativeMethods.SetOption(session, SessionOption.GlobalKnownHosts, "/dev/null"));
        Require(NativeMethods.SetOption(session, SessionOption.User, user));
        // Never resolved, as the socket is given; libssh wants a name to talk about.
        Require(NativeMethods.SetOption(session, SessionOption.Host, "rescue"));
        Require(NativeMethods.SetOption(session, SessionOption.Descriptor, SshPipe.Duplicate(socket)));
        return session;
    }

    private static async Task<Outcome<HostKey, RescueFailure>> ProveBothSidesAsync(
        SshPipe pipe, SshUserKey key, HostKeyPolicy policy, CancellationToken cancellation)
    {
        if (await pipe.RepeatAsync(Connect, Reply.Again, cancellation) != Reply.Ok)
            return pipe.PeerHungUp ? Dropped("key exchange", pipe) : new RescueFailure(RescueError.HandshakeFailed, pipe.LastError);

        var hostKey = ReadHostKey(pipe.Session);
        if (!policy.Accepts(hostKey))
        {
            return new RescueFailure(RescueError.HostKeyChanged, "the host key is not the pinned one.")
            {
                Evidence = [$"{hostKey.Algorithm} {hostKey.Sha256Fingerprint}"],
            };
        }

        var reply = await pipe.RepeatAsync(session => NativeMethods.AuthenticateByKey(session, user: null, key.Handle), Reply.AuthenticationAgain, cancellation);
        if (reply == Reply.Ok) return hostKey;
        return reply == Reply.Error && pipe.PeerHungUp
            ? Dropped("authentication", pipe)
            : new RescueFailure(RescueError.AuthenticationRefused, $"the user key {key.Sha256Fingerprint} was refused.");

        int Connect(SshSessionHandle session)
        {
            var reply = NativeMethods.Connect(session);
            pipe.UndoBlocking();
            return reply;
        }
    }

    private static HostKey ReadHostKey(SshSessionHandle session)
    {
        Require(NativeMethods.GetServerPublicKey(session, out var key));
        using (key) return HostKey.FromBlob(SshUserKey.PublicBlob(key));
    }

    private static RescueFailure Dropped(string stage, SshPipe pipe) => new(RescueError.Dropped, $"the connection ended during {stage}: {pipe.LastError}");

    private static void Require(int reply)
    {
        if (reply != Reply.Ok) throw new InvalidOperationException("libssh refused an option it documents.");
    }
}
