namespace Caphr.Lab;

/// <summary>Why the Lab could not be started, and what to do about it, in a sentence or two.</summary>
public sealed record LabFailure(string Sentence)
{
    public static LabFailure PortTaken(string part, int port) =>
        new($"Port {port} for {part} is taken by another program: end it (`ss -ltnp 'sport = :{port}'` shows which), or move the Lab with --port-base.");

    public override string ToString() => Sentence;
}
