namespace Caphr.EndToEnd.Tests.Newcomer;

/// <summary>A command that a page shows, with what it is shown to print.</summary>
internal sealed record ShownCommand(string Command, IReadOnlyList<string> Output, int Line);

/// <summary>
/// The terminals of a page: its blocks fenced as <c>console</c>. A line that begins with <c>$ </c> is a command, what follows is what it prints. Each block is a
/// terminal of its own.
/// </summary>
internal static class ReadmeScript
{
    private const string Fence = "```";
    private const string Prompt = "$ ";

    public static IReadOnlyList<IReadOnlyList<ShownCommand>> Terminals(string page)
    {
        var terminals = new List<IReadOnlyList<ShownCommand>>();
        List<ShownCommand>? terminal = null;
        foreach (var (index, line) in page.Split('\n').Index())
        {
            if (terminal is null)
            {
                if (line == $"{Fence}console") terminals.Add(terminal = []);
                else if (line.StartsWith(Fence, StringComparison.Ordinal) && line.Length > Fence.Length) terminal = [];
            }
            else if (line == Fence)
            {
                terminal = null;
            }
            else if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                // What people read beside a command is no part of it.
                terminal.Add(new ShownCommand(line[Prompt.Length..].Split("   # ")[0].TrimEnd(), [], index + 1));
            }
            else if (terminal is [.., var last])
            {
                terminal[^1] = last with { Output = [.. last.Output, line] };
            }
        }

        return terminals;
    }
}
