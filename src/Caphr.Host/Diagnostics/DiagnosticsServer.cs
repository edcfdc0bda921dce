using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// The desk over HTTP on a Unix socket that only the host's own user may open: whoever can run a command in the pod may ask, and nobody over the network.
/// </summary>
internal sealed class DiagnosticsServer : IAsyncDisposable
{
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnSocket = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DiagnosticsRoutes _routes;
    private readonly string _socket;
    private WebApplication? _web;

    public DiagnosticsServer(string socket, DiagnosticsRoutes routes)
    {
        _routes = routes;
        _socket = Path.GetFullPath(socket);
    }

    /// <returns>Why it cannot be heard, or null.</returns>
    public async Task<string?> StartAsync(CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows()) return "Diagnostics are told on Unix sockets, whose owner this system does not know.";
        try
        {
            if (Path.GetDirectoryName(_socket) is { Length: > 0 } folder) Directory.CreateDirectory(folder, OwnFolder);
            if (await IsHeardAsync(cancellation)) return $"Another host answers at {_socket}. Choose another place with --socket.";
            // Left by a process that was killed.
            File.Delete(_socket);
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_socket));
            _web = builder.Build();
            _web.Run(_routes.AnswerAsync);
            await _web.StartAsync(cancellation);
            File.SetUnixFileMode(_socket, OwnSocket);
            return null;
        }
        // The last is a path that is longer than a socket's may be.
        catch (Exception refused) when (refused is IOException or SocketException or UnauthorizedAccessException or ArgumentException)
        {
            return $"Diagnostics cannot be told at {_socket}: {refused.Message} Choose another place with --socket.";
        }
    }

    public ValueTask DisposeAsync() => _web?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<bool> IsHeardAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_socket)) return false;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
