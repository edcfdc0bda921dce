namespace Caphr.Lab.Rescue;

/// <summary>What runs behind a login: who may come in, and what a command does.</summary>
internal interface ILabShell
{
    bool LetsIn(string user, ReadOnlySpan<byte> publicKey);

    /// <summary>Whether a command reads its standard input. One that does runs when the input has ended.</summary>
    bool ReadsInput(string command);

    LabReply Run(string command, ReadOnlySpan<byte> input);
}

/// <param name="Afterwards">What happens once the answer is on its way.</param>
internal sealed record LabReply(int Status, byte[] Output, string Complaint = "", Action? Afterwards = null);

/// <summary>An installed system that belongs to somebody else: it answers, and knows none of our keys.</summary>
internal sealed class StrangersShell : ILabShell
{
    public bool LetsIn(string user, ReadOnlySpan<byte> publicKey) => false;

    public bool ReadsInput(string command) => false;

    public LabReply Run(string command, ReadOnlySpan<byte> input) => new(126, []);
}
