namespace Caphr.Protocols.Rescue;

/// <summary>Text that came from the other side, made fit for a message: one line, no control characters, bounded.</summary>
internal static class PlainText
{
    private const int MaximumLength = 400;

    internal static string FromPeer(string text)
    {
        var line = string.Concat(text.Trim().Select(character => char.IsControl(character) ? ' ' : character));
        return line.Length <= MaximumLength ? line : string.Concat(line.AsSpan(0, MaximumLength), "…");
    }
}
