using System.Net.Sockets;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Protocols.Rescue;

/// <summary>Opens conversations with rescue systems. One for the whole process; safe for concurrent use.</summary>
public sealed class RescueConnector(RescueConnectorOptions options, TimeProvider time) : IRescueDoor, IDisposable
{
    // Dead peers of idle sessions are found by the kernel, not by a timer of ours.
    private const int KeepAliveSeconds = 15;
    private const int KeepAliveRetries = 4;

    private readonly SemaphoreSlim _logins = new(options.ConcurrentLogins);

    public async Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(
        RescueEndpoint endpoint, SshUserKey key, HostKeyPolicy policy, CancellationToken cancellation)
    {
        if (!LibSshLibrary.IsPresent) return new RescueFailure(RescueError.LibraryMissing, LibSshLibrary.HowToInstall);

        var socket = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Servers that boot are silent, many at a time: they must not keep those that answer from their turn.
            var failure = await DialAsync(socket, endpoint, cancellation);
            var outcome = failure is null ? await InTurnAsync(() => LogInAsync(socket, endpoint, key, policy, cancellation), cancellation) : failure;
            if (!outcome.Succeeded) socket.Dispose();
            return outcome;
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _logins.Dispose();

    private async Task<T> InTurnAsync<T>(Func<Task<T>> logIn, CancellationToken cancellation)
    {
        await _logins.WaitAsync(cancellation);
        try
        {
            return await logIn();
        }
        finally
        {
            _logins.Release();
        }
    }

    private async Task<RescueFailure?> DialAsync(Socket socket, RescueEndpoint endpoint, CancellationToken cancellation)
    {
        using var deadline = new Deadline(options.ConnectTimeout, time, cancellation);
        try
        {
            await socket.ConnectAsync(endpoint.Address, endpoint.Port, deadline.Token);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
            return null;
        }
        catch (SocketException exception)
        {
            return new RescueFailure(Classify(exception.SocketErrorCode), $"{endpoint}: {exception.SocketErrorCode}.");
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            return new RescueFailure(RescueError.TimedOut, $"{endpoint} did not answer within {options.ConnectTimeout.TotalSeconds:0.#} s.");
        }
    }

    private async Task<Outcome<RescueSession, RescueFailure>> LogInAsync(
        Socket socket, RescueEndpoint endpoint, SshUserKey key, HostKeyPolicy policy, CancellationToken cancellation)
    {
        using var deadline = new Deadline(options.LoginTimeout, time, cancellation);
        try
        {
            var login = await SshLogin.RunAsync(socket, options.User, key, policy, time, deadline.Token);
            return login.TryGet(out var connection, out var failure)
                ? new RescueSession(endpoint, connection, options, time)
                : failure with { Detail = $"{endpoint}: {failure.Detail}" };
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            return new RescueFailure(RescueError.TimedOut, $"{endpoint} let no login through within {options.LoginTimeout.TotalSeconds:0.#} s.");
        }
    }

    private static RescueError Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => RescueError.Refused,
        SocketError.TimedOut => RescueError.TimedOut,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => RescueError.Dropped,
        _ => RescueError.Unreachable,
    };
}
