using System.Globalization;
using System.Text.Json;
using Caphr.Actors.Servers;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Host.Diagnostics;

/// <summary>The questions of the desk as HTTP, whatever door they come through. Every question is a GET and changes nothing.</summary>
internal sealed class DiagnosticsRoutes(DiagnosticsDesk desk, TimeProvider clock)
{
    /// <summary>How long a question for news may wait for some, and how often the journal is looked at meanwhile: another replica may be writing it.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public async Task AnswerAsync(HttpContext context)
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
            ["actors"] => SayAsync(context, desk.Actors(Text(context, "path") ?? "/")),
            ["shards"] => SayAsync(context, await desk.ShardsAsync(cancellation)),
            ["members"] => SayAsync(context, await desk.MembersAsync(cancellation)),
            ["servers"] => SayAsync(context, await desk.ServersAsync(cancellation)),
            ["servers", var number] when Number(number) is { } server => SayAsync(context, await desk.ServerAsync(server, cancellation)),
            ["servers", var number, "story"] when Number(number) is { } server => SayAsync(context, await NewsAsync(server, Count(context, "after"), Count(context, "wait"), cancellation)),
            ["robot"] => SayAsync(context, Outcome<IReadOnlyList<RobotAnswer>, DiagnosticsFailure>.Of(desk.Robots())),
            ["journal"] => SayAsync(context, await desk.Journal.StatAsync(cancellation)),
            ["journal", "events"] => SayAsync(context, await desk.Journal.PageAsync(Count(context, "after"), cancellation)),
            ["explain", var kind, var name] => SayAsync(context, desk.Explain(kind, Text(context, "namespace"), name)),
            _ => RefuseAsync(context, new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"{context.Request.Path} is not a question that is understood here.")),
        });
    }

    public static Task RefuseAsync(HttpContext context, DiagnosticsFailure failure) => WriteAsync(context, StatusOf(failure.Error), new Refusal(failure.Message));

    /// <summary>The rest of the story; where there is none, what comes within the wait.</summary>
    private async Task<Outcome<IReadOnlyList<StoryLine>, DiagnosticsFailure>> NewsAsync(ServerNumber server, long after, long waitSeconds, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(waitSeconds, s_longestWait.TotalSeconds));
        var since = clock.GetTimestamp();
        while (true)
        {
            var told = await desk.StoryAsync(server, after, cancellation);
            if (!told.TryGet(out var story, out _) || story.Count > 0 || clock.GetElapsedTime(since) >= wait) return told;
            await Task.Delay(s_pace, clock, cancellation);
        }
    }

    private static Task SayAsync<T>(HttpContext context, Outcome<T, DiagnosticsFailure> answer) => answer.TryGet(out var told, out var failure)
        ? WriteAsync(context, StatusCodes.Status200OK, told)
        : RefuseAsync(context, failure);

    private static int StatusOf(DiagnosticsError error) => error switch
    {
        DiagnosticsError.NotFound => StatusCodes.Status404NotFound,
        DiagnosticsError.Misunderstood => StatusCodes.Status400BadRequest,
        DiagnosticsError.Unauthenticated => StatusCodes.Status401Unauthorized,
        DiagnosticsError.NotAllowed => StatusCodes.Status403Forbidden,
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
