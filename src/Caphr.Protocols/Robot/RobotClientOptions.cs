namespace Caphr.Protocols.Robot;

public sealed record RobotClientOptions
{
    public Uri BaseAddress { get; init; } = new("https://robot-ws.your-server.de/");

    /// <summary>Until a connection stands. Kept apart from <see cref="RequestTimeout"/> because only after it can a request have been carried out.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>For the whole call. Activating rescue has been seen to take more than ten seconds.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
