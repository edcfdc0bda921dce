using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

public sealed class RobotFailureTests
{
    [Theory]
    [InlineData(400, """{"error":{"status":400,"code":"INVALID_INPUT","message":"invalid input","missing":["type"],"invalid":null}}""", RobotError.InvalidInput, RetryClass.Never)]
    [InlineData(401, """{"error":{"status":401,"code":"UNAUTHORIZED","message":"Unauthorized"}}""", RobotError.Unauthorized, RetryClass.NeedsHuman)]
    [InlineData(401, null, RobotError.Unauthorized, RetryClass.NeedsHuman)]
    [InlineData(403, null, RobotError.ForbiddenWithoutReason, RetryClass.WithBackoff)]
    [InlineData(403, "<html>blocked</html>", RobotError.ForbiddenWithoutReason, RetryClass.WithBackoff)]
    [InlineData(403, """{"error":{"status":403,"code":"NOT_ALLOWED","message":"no"}}""", RobotError.Forbidden, RetryClass.NeedsHuman)]
    [InlineData(404, """{"error":{"status":404,"code":"SERVER_NOT_FOUND","message":"no"}}""", RobotError.ServerNotFound, RetryClass.Never)]
    [InlineData(404, """{"error":{"status":404,"code":"RESET_NOT_AVAILABLE","message":"no"}}""", RobotError.ResetNotAvailable, RetryClass.Never)]
    [InlineData(404, """{"error":{"status":404,"code":"BOOT_NOT_AVAILABLE","message":"no"}}""", RobotError.BootNotAvailable, RetryClass.Never)]
    [InlineData(409, """{"error":{"status":409,"code":"RESET_MANUAL_ACTIVE","message":"wait"}}""", RobotError.ManualResetActive, RetryClass.WithBackoff)]
    [InlineData(409, """{"error":{"status":409,"code":"BOOT_ALREADY_ENABLED","message":"wait"}}""", RobotError.Conflict, RetryClass.WithBackoff)]
    [InlineData(500, """{"error":{"status":500,"code":"RESET_FAILED","message":"no"}}""", RobotError.OperationFailed, RetryClass.WithBackoff)]
    [InlineData(500, """{"error":{"status":500,"code":"INTERNAL_ERROR","message":"no"}}""", RobotError.ServerError, RetryClass.Unknown)]
    [InlineData(502, "<html>bad gateway</html>", RobotError.ServerError, RetryClass.Unknown)]
    [InlineData(503, null, RobotError.Maintenance, RetryClass.WithBackoff)]
    [InlineData(302, null, RobotError.UnexpectedStatus, RetryClass.Unknown)]
    public async Task Each_refusal_of_a_reset_has_its_error_and_its_retry_class(int status, string? body, RobotError error, RetryClass retry)
    {
        using var robot = RecordedRobot.Answering(status, body);

        var failure = (await robot.Reset(7, ResetType.Hardware, default)).Failure;

        Assert.Equal((error, retry, status), (failure?.Error, failure?.Retry, failure?.Status));
    }

    [Theory]
    [InlineData("\"interval\":3600,\"max_request\":50", 3600)]
    [InlineData("\"interval\":\"60\",\"max_requests\":50", 60)]
    [InlineData("\"interval\":2000000000", 86400)]
    public async Task A_used_up_quota_says_how_long_to_wait(string fields, int seconds)
    {
        using var robot = RecordedRobot.Answering(403, $$"""{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED","message":"rate limit exceeded",{{fields}} } }""");

        var failure = (await robot.ListServers(default)).Failure;

        Assert.Equal((RobotError.RateLimited, RetryClass.AfterTime), (failure?.Error, failure?.Retry));
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure?.RetryAfter);
    }

    [Theory]
    [InlineData("\"interval\":-1")]
    [InlineData("\"max_request\":50")]
    public async Task A_used_up_quota_that_names_no_time_is_backed_off_from(string fields)
    {
        using var robot = RecordedRobot.Answering(403, $$"""{"error":{"status":403,"code":"RATE_LIMIT_EXCEEDED",{{fields}} } }""");

        Assert.Equal(RetryClass.WithBackoff, (await robot.ListServers(default)).Failure?.Retry);
    }

    [Theory]
    [InlineData(RobotError.TimedOut)]
    [InlineData(RobotError.ConnectionLost)]
    [InlineData(RobotError.Garbled)]
    [InlineData(RobotError.ServerError)]
    public void A_lost_answer_leaves_a_write_unknown_and_a_read_repeatable(RobotError error)
    {
        var failure = new RobotFailure { Error = error, Method = HttpMethod.Post, Template = "/reset/{server}" };

        Assert.Equal(RetryClass.Unknown, failure.Retry);
        Assert.Equal(RetryClass.Unknown, (failure with { Method = HttpMethod.Delete }).Retry);
        Assert.Equal(RetryClass.WithBackoff, (failure with { Method = HttpMethod.Get }).Retry);
    }

    [Fact]
    public void Every_error_has_a_retry_class_for_reads_and_writes()
    {
        foreach (var error in Enum.GetValues<RobotError>())
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
                Assert.True(Enum.IsDefined(new RobotFailure { Error = error, Method = method, Template = "/" }.Retry));
        }
    }

    [Fact]
    public async Task A_failure_tells_the_call_and_what_robot_said_in_one_bounded_line()
    {
        using var robot = RecordedRobot.Answering(
            400, $$"""{"error":{"status":400,"code":"INVALID_INPUT","message":"line one\nline two {{new string('x', 5000)}}","invalid":["type"]} }""");

        var text = (await robot.Reset(7, ResetType.Manual, default)).Failure!.ToString();

        Assert.StartsWith("POST /reset/{server}: InvalidInput 400 INVALID_INPUT, line one line two", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
        Assert.True(text.Length < 300);
    }

    [Fact]
    public async Task No_password_is_printed_by_anything_the_client_hands_out()
    {
        using var refusing = RecordedRobot.Answering(401);
        using var accepting = RecordedRobot.Answering(200, """{"rescue":{"server_number":7,"active":true,"password":"root-secret","authorized_key":[],"host_key":[]}}""");

        var failure = (await refusing.ListServers(default)).Failure;
        var rescue = (await accepting.ActivateRescue(7, [], default)).Value;

        Assert.DoesNotContain(RecordedRobot.Credentials.Password, $"{failure}{RecordedRobot.Credentials}", StringComparison.Ordinal);
        Assert.DoesNotContain("root-secret", rescue.ToString(), StringComparison.Ordinal);
    }
}
