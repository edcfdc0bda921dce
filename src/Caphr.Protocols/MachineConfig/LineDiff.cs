using System.Text;

namespace Caphr.Protocols.MachineConfig;

/// <summary>What changed between two texts, line by line, with a little around each change.</summary>
public static class LineDiff
{
    private const int Context = 3;

    /// <summary>Empty where nothing changed.</summary>
    public static string Between(string before, string after)
    {
        var lines = Compare(Lines(before), Lines(after));
        var diff = new StringBuilder();
        var shown = -1;
        for (var i = 0; i < lines.Count; i++)
        {
            var near = Enumerable.Range(Math.Max(0, i - Context), Math.Min(lines.Count, i + Context + 1) - Math.Max(0, i - Context)).Any(at => lines[at].Mark != ' ');
            if (!near) continue;
            if (shown != i - 1) diff.Append("…\n");
            diff.Append(lines[i].Mark).Append(' ').Append(lines[i].Text).Append('\n');
            shown = i;
        }

        return diff.ToString();
    }

    private static List<(char Mark, string Text)> Compare(string[] before, string[] after)
    {
        // What is alike at both ends needs no comparing; between, the longest common part.
        var head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head]) head++;
        var tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)]) tail++;

        var (old, now) = (before[head..^tail], after[head..^tail]);
        var common = Enumerable.Range(0, old.Length + 1).Select(_ => new int[now.Length + 1]).ToArray();
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--) common[i][j] = old[i] == now[j] ? common[i + 1][j + 1] + 1 : Math.Max(common[i + 1][j], common[i][j + 1]);
        }

        var lines = before[..head].Select(line => (' ', line)).ToList();
        for (int i = 0, j = 0; i < old.Length || j < now.Length;)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                lines.Add((' ', old[i++]));
                j++;
            }
            else if (j == now.Length || (i < old.Length && common[i + 1][j] >= common[i][j + 1])) lines.Add(('-', old[i++]));
            else lines.Add(('+', now[j++]));
        }

        lines.AddRange(before[^tail..].Select(line => (' ', line)));
        return lines;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
