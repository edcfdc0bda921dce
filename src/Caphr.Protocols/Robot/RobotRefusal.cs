using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>Tells from status and body what a refusal means. Bodies may be missing, HTML, or cut off.</summary>
internal static class RobotRefusal
{
    private const int LongestMessage = 200;

    private static readonly TimeSpan s_longestInterval = TimeSpan.FromDays(1);

    public static RobotFailure Read(RobotCall call, int status, JsonElement body)
    {
        var error = body.Inner("error");
        var code = error.Text("code");
        return new RobotFailure
        {
            Error = Classify(status, code),
            Method = call.Method,
            Template = call.Template,
            Status = status,
            Code = code is null ? null : OneLine(code),
            Detail = Describe(error),
            RetryAfter = Interval(error),
        };
    }

    private static RobotError Classify(int status, string? code) => (status, code) switch
    {
        (400, _) => RobotError.InvalidInput,
        (401, _) => RobotError.Unauthorized,
        (403, "RATE_LIMIT_EXCEEDED") => RobotError.RateLimited,
        (403, null) => RobotError.ForbiddenWithoutReason,
        (403, _) => RobotError.Forbidden,
        (404, "SERVER_NOT_FOUND") => RobotError.ServerNotFound,
        (404, "RESET_NOT_AVAILABLE") => RobotError.ResetNotAvailable,
        (404, "BOOT_NOT_AVAILABLE") => RobotError.BootNotAvailable,
        // Without a code it is some other web server's 404, and says nothing about the object.
        (404, not null) => RobotError.NotFound,
        (409, "RESET_MANUAL_ACTIVE") => RobotError.ManualResetActive,
        (409, "FIREWALL_IN_PROCESS" or "VSWITCH_IN_PROCESS") => RobotError.InProcess,
        (409, _) => RobotError.Conflict,
        (500, not null) when code.EndsWith("_FAILED", StringComparison.Ordinal) => RobotError.OperationFailed,
        (503, _) => RobotError.Maintenance,
        ( >= 500, _) => RobotError.ServerError,
        _ => RobotError.UnexpectedStatus,
    };

    private static string Describe(JsonElement error)
    {
        var message = error.Text("message") ?? "";
        var missing = Names(error, "missing");
        var invalid = Names(error, "invalid");
        return OneLine($"{message}{missing}{invalid}");
    }

    private static string Names(JsonElement error, string list)
    {
        var names = string.Join(", ", error.Items(list).Select(item => item.AsText()).OfType<string>());
        return names.Length == 0 ? "" : $"; {list}: {names}";
    }

    private static TimeSpan? Interval(JsonElement error)
    {
        if (error.Integer("interval") is not (> 0 and var seconds)) return null;
        var interval = TimeSpan.FromSeconds(seconds);
        return interval < s_longestInterval ? interval : s_longestInterval;
    }

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Take(LongestMessage).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length > LongestMessage ? $"{line}…" : line;
    }
}
