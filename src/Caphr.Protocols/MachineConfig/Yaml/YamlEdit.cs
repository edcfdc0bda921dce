using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig.Yaml;

/// <summary>A text that was edited, or why it could not be.</summary>
internal readonly record struct Edited(string? Text, string? Refusal)
{
    public static Edited To(string text) => new(text, Refusal: null);

    public static Edited Not(string why) => new(Text: null, why);

    /// <summary>The edit, if the text now reads as it was meant to.</summary>
    public Edited Proven(string before, YamlValue value, int replaced) =>
        Text is null || YamlSplice.IsClean(before, Text, value, replaced) ? this : Not("the configuration is written in a way that nothing can be added to safely");
}

/// <summary>
/// Changes a YAML text at the place the parser names, and touches nothing else. Writing the parsed tree out again would lose comments
/// and change quoting; this leaves every byte that is not ours as it was.
/// </summary>
internal static class YamlEdit
{
    private const int DefaultIndent = 2;

    private static readonly string[] s_head = ["apiVersion", "kind", "name", "interface", "deviceSelector"];

    /// <summary>Writes <paramref name="value"/> at <paramref name="path"/> below <paramref name="root"/>, where the caller has found nothing.</summary>
    public static Edited Insert(string text, YamlMappingNode root, ReadOnlySpan<string> path, YamlValue value)
    {
        var parent = root;
        for (var depth = 0; ; depth++)
        {
            var here = string.Join('.', path[..(depth + 1)]!);
            if (YamlSplice.IsAliased(text, parent.Anchor)) return Edited.Not($"{(depth == 0 ? "it" : string.Join('.', path[..depth]!))} is used in other places too, by an alias");
            if (!parent.Children.TryGetValue(new YamlScalarNode(path[depth]), out var child))
            {
                return parent.Find(path[depth]) is null
                    ? InsertInto(text, parent, IndentOf(root), (YamlValue.Map)value.Under(path[depth..])).Proven(text, value, replaced: 0)
                    : Edited.Not($"{here} comes from a merge");
            }

            if (IsAlias(parent, child)) return Edited.Not($"{here} is an alias of something else");
            if (child.IsNothing()) return Fill(text, parent, (YamlScalarNode)child, value.Under(path[(depth + 1)..])).Proven(text, value, replaced: 1);
            if (child is not YamlMappingNode mapping) return Edited.Not($"{here} is not a mapping");
            parent = mapping;
        }
    }

    /// <summary>Adds items in front of a list's own. Where a list ends (comments, blank lines) is a matter of opinion, and where it begins is not.</summary>
    public static Edited AddItems(string text, YamlMappingNode parent, YamlSequenceNode list, YamlValue.List items, int indent)
    {
        if (IsAlias(parent, list) || YamlSplice.IsAliased(text, list.Anchor)) return Edited.Not("the list is used in other places too, by an alias");
        if (list.Style == SequenceStyle.Flow)
        {
            var inside = string.Join(", ", items.Items.Select(item => item.Flow()));
            var bracket = text.IndexOf('[', (int)list.Start.Index);
            return Edited.To(text.Insert(bracket + 1, list.Children.Count == 0 ? inside : inside + ", ")).Proven(text, items.Items[0], replaced: 0);
        }

        // The dash of the first item; its content begins later.
        var dash = text.LastIndexOf('-', (int)list.Children[0].Start.Index);
        var column = dash < 0 ? 0 : dash - text.LastIndexOf('\n', dash) - 1;
        return dash < 0
            ? Edited.Not("the list is written in an unknown way")
            : Edited.To(text.Insert(dash, items.Block(column, indent, Newline(text)) + new string(' ', column))).Proven(text, items.Items[0], replaced: 0);
    }

    /// <summary>Puts another scalar in a scalar's place.</summary>
    public static Edited Replace(string text, YamlMappingNode parent, YamlScalarNode old, YamlValue value)
    {
        if (IsAlias(parent, old) || !old.Anchor.IsEmpty) return Edited.Not("the value is used in other places too, by an alias");
        var (start, end) = ((int)old.Start.Index, (int)old.End.Index);
        return Edited.To(text[..start] + value.Flow() + text[end..]).Proven(text, value, replaced: 1);
    }

    /// <summary>Puts another entry in the place of <paramref name="key"/> and its scalar.</summary>
    public static Edited ReplaceEntry(string text, YamlMappingNode parent, string key, string newKey, YamlValue value)
    {
        var (name, old) = parent.Children.First(entry => entry.Key is YamlScalarNode { Value: { } found } && found == key);
        if (old is not YamlScalarNode || IsAlias(parent, old) || !old.Anchor.IsEmpty) return Edited.Not($"{key} is no plain value");
        var entry = YamlValue.Of((newKey, value));
        return Edited.To(text[..(int)name.Start.Index] + YamlValue.FlowEntries(entry) + text[(int)old.End.Index..]).Proven(text, value, replaced: 2);
    }

    /// <summary>Adds a document behind all others.</summary>
    public static Edited Append(string text, YamlValue.Map document)
    {
        var newline = Newline(text);
        var end = text.Length == 0 || text.EndsWith('\n') ? "" : newline;
        return Edited.To($"{text}{end}---{newline}{document.Block(0, DefaultIndent, newline)}").Proven(text, document, replaced: 0);
    }

    /// <summary>As deep as the document itself indents its first nested block.</summary>
    public static int IndentOf(YamlMappingNode root)
    {
        var nested = root.Children.Values.OfType<YamlMappingNode>().FirstOrDefault(block => block is { Style: MappingStyle.Block, Children.Count: > 0 });
        return nested is null ? DefaultIndent : Math.Max(1, Column(nested.Children.First().Key) - Column(root.Children.First().Key));
    }

    private static Edited InsertInto(string text, YamlMappingNode parent, int indent, YamlValue.Map entry)
    {
        if (parent.Style == MappingStyle.Flow)
        {
            var brace = text.IndexOf('{', (int)parent.Start.Index);
            var inside = YamlValue.FlowEntries(entry);
            return Edited.To(text.Insert(brace + 1, parent.Children.Count == 0 ? inside : inside + ", "));
        }

        // In front of the first key, for the same reason as with lists; but behind what says what the whole thing is.
        var next = parent.Children.Keys.FirstOrDefault(key => !s_head.Contains((key as YamlScalarNode)?.Value)) ?? parent.Children.Keys.First();
        var column = Column(next);
        return Edited.To(text.Insert((int)next.Start.Index, entry.Block(column, indent, Newline(text)) + new string(' ', column)));
    }

    /// <summary>The key is there with nothing behind it (<c>install:</c>, <c>install: null</c>).</summary>
    private static Edited Fill(string text, YamlMappingNode parent, YamlScalarNode nothing, YamlValue value)
    {
        if (nothing.Value is { Length: > 0 } written)
            return Edited.To(text.Remove((int)nothing.Start.Index, written.Length).Insert((int)nothing.Start.Index, value.Flow()));

        var colon = text.IndexOf(':', (int)KeyOf(parent, nothing).End.Index);
        return Edited.To(text.Insert(colon + 1, " " + value.Flow()));
    }

    /// <summary>An alias is the very node it stands for, which begins before the key that mentions it.</summary>
    private static bool IsAlias(YamlMappingNode parent, YamlNode child) => child.Start.Index < KeyOf(parent, child).Start.Index;

    private static int Column(YamlNode node) => (int)node.Start.Column - 1;

    private static YamlNode KeyOf(YamlMappingNode parent, YamlNode value) =>
        parent.Children.First(entry => ReferenceEquals(entry.Value, value)).Key;

    private static string Newline(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
}
