using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Caphr.Actors.Servers;
using Caphr.Protocols;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// The desk over HTTP on a Unix socket that only the host's own user may open: whoever can run a command in the pod may ask, and nobody over the network.
/// Every question is a GET and changes nothing.
/// </summary>
internal sealed class DiagnosticsServer : IAsyncDisposable
{
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnSocket = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How long a question for news may wait for some, and how often the journal is looked at meanwhile: another replica may be writing it.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    private readonly DiagnosticsDesk _desk;
    private readonly TimeProvider _clock;
    private readonly string _socket;
    private WebApplication? _web;

    public DiagnosticsServer(string socket, DiagnosticsDesk desk, TimeProvider clock)
    {
        _desk = desk;
        _clock = clock;
        _socket = Path.GetFullPath(socket);
    }

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

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
            _web.Run(AnswerAsync);
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

    private async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await WriteAsync(context, StatusCodes.Status405MethodNotAllowed, new Refusal("Only GET is understood: nothing is changed from here."));
            return;
        }

        var question = context.Request.Path.Value?.Trim('/').Split('/') ?? [];
        var cancellation = context.RequestAborted;
        await (question switch
        {
            ["actors"] => SayAsync(context, _desk.Actors(Text(context, "path") ?? "/")),
            ["shards"] => SayAsync(context, await _desk.ShardsAsync(cancellation)),
            ["members"] => SayAsync(context, await _desk.MembersAsync(cancellation)),
            ["servers"] => SayAsync(context, await _desk.ServersAsync(cancellation)),
            ["servers", var number] when Number(number) is { } server => SayAsync(context, await _desk.ServerAsync(server, cancellation)),
            ["servers", var number, "story"] when Number(number) is { } server => SayAsync(context, await NewsAsync(server, Count(context, "after"), Count(context, "wait"), cancellation)),
            ["robot"] => SayAsync(context, Outcome<IReadOnlyList<RobotAnswer>, DiagnosticsFailure>.Of(_desk.Robots())),
            ["journal"] => SayAsync(context, await _desk.Journal.StatAsync(cancellation)),
            ["journal", "events"] => SayAsync(context, await _desk.Journal.PageAsync(Count(context, "after"), cancellation)),
            ["explain", var kind, var name] => SayAsync(context, _desk.Explain(kind, Text(context, "namespace"), name)),
            _ => SayAsync<Refusal>(context, new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"{context.Request.Path} is not a question that is understood here.")),
        });
    }

    /// <summary>The rest of the story; where there is none, what comes within the wait.</summary>
    private async Task<Outcome<IReadOnlyList<StoryLine>, DiagnosticsFailure>> NewsAsync(ServerNumber server, long after, long waitSeconds, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(waitSeconds, s_longestWait.TotalSeconds));
        var since = _clock.GetTimestamp();
        while (true)
        {
            var told = await _desk.StoryAsync(server, after, cancellation);
            if (!told.TryGet(out var story, out _) || story.Count > 0 || _clock.GetElapsedTime(since) >= wait) return told;
            await Task.Delay(s_pace, _clock, cancellation);
        }
    }

    private static Task SayAsync<T>(HttpContext context, Outcome<T, DiagnosticsFailure> answer) => answer.TryGet(out var told, out var failure)
        ? WriteAsync(context, StatusCodes.Status200OK, told)
        : WriteAsync(context, StatusOf(failure.Error), new Refusal(failure.Message));

    private static int StatusOf(DiagnosticsError error) => error switch
    {
        DiagnosticsError.NotFound => StatusCodes.Status404NotFound,
        DiagnosticsError.Misunderstood => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static Task WriteAsync<T>(HttpContext context, int status, T answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, Json, context.RequestAborted);
    }

    private static string? Text(HttpContext context, string name) => context.Request.Query[name].FirstOrDefault() is { Length: > 0 } text ? text : null;

    private static long Count(HttpContext context, string name) =>
        long.TryParse(context.Request.Query[name].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static ServerNumber? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new ServerNumber(number) : null;
}
