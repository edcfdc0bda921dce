namespace Caphr.Host.Configuration;

/// <summary>What somebody who mistyped a word most likely meant.</summary>
internal static class Nearest
{
    /// <summary>Null when nothing is near enough to be meant: more than a third of the letters would have to change.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(one => (Word: one, Distance: Distance(word, one))).OrderBy(one => one.Distance).ThenBy(one => one.Word, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Word is { } found && nearest.Distance * 3 <= Math.Max(word.Length, found.Length) ? found : null;
    }

    /// <summary>How many letters have to be put in, taken out or changed.</summary>
    public static int Distance(string from, string to)
    {
        var above = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var row = 1; row <= from.Length; row++)
        {
            var here = new int[to.Length + 1];
            here[0] = row;
            for (var column = 1; column <= to.Length; column++)
                here[column] = Math.Min(Math.Min(here[column - 1], above[column]) + 1, above[column - 1] + (from[row - 1] == to[column - 1] ? 0 : 1));
            above = here;
        }

        return above[to.Length];
    }
}
