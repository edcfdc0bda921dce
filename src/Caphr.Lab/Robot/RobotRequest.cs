namespace Caphr.Lab.Robot;

/// <summary>A request as it arrived. <see cref="Status"/> is what was answered or would have been, had the reply not been lost; null for silence.</summary>
public sealed record RobotRequest(DateTimeOffset At, HttpMethod Method, string Template, string Path, int? Status);
