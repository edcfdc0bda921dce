namespace Caphr.Lab.Rescue;

/// <summary>What comes of a login and a command.</summary>
public abstract record RescueAnswer
{
    private RescueAnswer() { }

    public sealed record Ended(int Status, ReadOnlyMemory<byte> Output, string Complaint) : RescueAnswer;

    /// <summary>Another system answers, or one that knows other keys.</summary>
    public sealed record LoginRefused : RescueAnswer;

    /// <summary>Nothing listens.</summary>
    public sealed record Refused : RescueAnswer;

    /// <summary>Nobody says anything.</summary>
    public sealed record Silent : RescueAnswer;

    /// <summary>The connection breaks. What was sent before may have been carried out.</summary>
    public sealed record Cut : RescueAnswer;
}
