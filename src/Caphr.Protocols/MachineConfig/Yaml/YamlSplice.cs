using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Caphr.Protocols.MachineConfig.Yaml;

/// <summary>
/// Proves of an edit that it did what it was meant to: YAML has more shapes than an editor of text knows, so what it made is read again
/// and held against what was there, event by event, before anybody believes it.
/// </summary>
internal static class YamlSplice
{
    /// <summary>
    /// Whether <paramref name="after"/> reads as <paramref name="before"/> with something put in at one place that contains
    /// <paramref name="value"/>, and at most <paramref name="replaced"/> scalars taken out there.
    /// </summary>
    public static bool IsClean(string before, string after, YamlValue value, int replaced)
    {
        if (Read(before) is not { } old || Read(after) is not { } now || Read(value.Flow()) is not { } meant) return false;

        // Between the marks of stream and document.
        meant = meant[2..^2];
        var limit = Math.Min(old.Count, now.Count);
        var head = 0;
        while (head < limit && old[head] == now[head]) head++;
        var tail = 0;
        while (tail < limit && old[^(tail + 1)] == now[^(tail + 1)]) tail++;

        // What was put in may begin or end like what stands around it, so the place is not always certain; one must fit.
        var kept = old.Count - replaced;
        for (var front = Math.Max(0, kept - tail); front <= Math.Min(head, kept); front++)
        {
            if (now.Count >= kept && Contains(now.GetRange(front, now.Count - kept), meant)) return true;
        }

        return false;
    }

    /// <summary>How often an anchor is used. What an alias stands for cannot be changed in one place only.</summary>
    public static bool IsAliased(string text, AnchorName anchor) => !anchor.IsEmpty && Read(text) is { } events && events.Contains($"alias {anchor}");

    private static bool Contains(List<string> events, List<string> meant)
    {
        for (var at = 0; at + meant.Count <= events.Count; at++)
        {
            if (events.GetRange(at, meant.Count).SequenceEqual(meant)) return true;
        }

        return false;
    }

    private static List<string>? Read(string text)
    {
        var events = new List<string>();
        try
        {
            var parser = new Parser(new StringReader(text));
            while (parser.MoveNext()) events.Add(Describe(parser.Current!));
        }
        catch (Exception exception) when (YamlTrouble.Is(exception))
        {
            return null;
        }

        return events;
    }

    /// <summary>What a reader can tell apart. Styles of quoting and layout are not among it, but whether a scalar is plain is: plain ones may be numbers.</summary>
    private static string Describe(ParsingEvent read) => read switch
    {
        Scalar scalar => $"scalar {scalar.Anchor} {scalar.Tag} {scalar.Style == ScalarStyle.Plain} {scalar.Value}",
        AnchorAlias alias => $"alias {alias.Value}",
        NodeEvent node => $"{node.GetType().Name} {node.Anchor} {node.Tag}",
        _ => read.GetType().Name,
    };
}
