using System.Text;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>
/// Adds one entry to a YAML text at the place the parser names, and touches nothing else. Writing the parsed tree out again would lose
/// comments and change quoting; this leaves every byte that is not ours as it was.
/// </summary>
internal static class YamlInsertion
{
    private const int DefaultIndent = 2;

    /// <summary>
    /// The text with <paramref name="value"/> at <paramref name="path"/> below <paramref name="root"/>, where nothing is yet; or why that cannot
    /// be done. The caller has made sure that nothing is there.
    /// </summary>
    public static (string? Text, string? Refusal) Insert(string text, YamlMappingNode root, ReadOnlySpan<string> path, string value)
    {
        var parent = root;
        for (var depth = 0; ; depth++)
        {
            var rest = path[depth..];
            var here = string.Join('.', path[..(depth + 1)]!);
            if (!parent.Children.TryGetValue(new YamlScalarNode(path[depth]), out var child))
                return parent.Find(path[depth]) is null ? InsertInto(text, parent, Indent(root), rest, value) : (null, $"{here} comes from a merge");

            // An alias is the very node it stands for, which begins before the key that mentions it.
            if (child.Start.Index < KeyOf(parent, child).Start.Index) return (null, $"{here} is an alias of something else");
            if (child.IsNothing()) return Fill(text, parent, (YamlScalarNode)child, rest, value);
            if (child is not YamlMappingNode mapping) return (null, $"{here} is not a mapping");
            parent = mapping;
        }
    }

    private static (string?, string?) InsertInto(string text, YamlMappingNode parent, int indent, ReadOnlySpan<string> path, string value)
    {
        if (parent.Style == MappingStyle.Flow)
        {
            var brace = text.IndexOf('{', (int)parent.Start.Index);
            return (text.Insert(brace + 1, parent.Children.Count == 0 ? Flow(path, value) : Flow(path, value) + ", "), null);
        }

        // In front of the first key, because where a block ends (comments, blank lines) is a matter of opinion, and where it begins is not.
        var first = parent.Children.First().Key;
        var column = Column(first);
        var newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        return (text.Insert((int)first.Start.Index, Block(path, value, column, indent, newline)), null);
    }

    /// <summary>The key is there with nothing behind it (<c>install:</c>, <c>install: null</c>).</summary>
    private static (string?, string?) Fill(string text, YamlMappingNode parent, YamlScalarNode nothing, ReadOnlySpan<string> path, string value)
    {
        var content = path.Length == 1 ? value : "{" + Flow(path[1..], value) + "}";
        if (nothing.Value is { Length: > 0 } written)
            return (text.Remove((int)nothing.Start.Index, written.Length).Insert((int)nothing.Start.Index, content), null);

        var colon = text.IndexOf(':', (int)KeyOf(parent, nothing).End.Index);
        return (text.Insert(colon + 1, " " + content), null);
    }

    /// <summary>As deep as the document itself indents its first nested block.</summary>
    private static int Indent(YamlMappingNode root)
    {
        var nested = root.Children.Values.OfType<YamlMappingNode>().FirstOrDefault(block => block is { Style: MappingStyle.Block, Children.Count: > 0 });
        return nested is null ? DefaultIndent : Math.Max(1, Column(nested.Children.First().Key) - Column(root.Children.First().Key));
    }

    private static int Column(YamlNode node) => (int)node.Start.Column - 1;

    private static YamlNode KeyOf(YamlMappingNode parent, YamlNode value) =>
        parent.Children.First(entry => ReferenceEquals(entry.Value, value)).Key;

    private static string Flow(ReadOnlySpan<string> path, string value)
    {
        var flow = new StringBuilder();
        for (var i = 0; i < path.Length; i++) flow.Append(path[i]).Append(": ").Append(i < path.Length - 1 ? "{" : value);
        return flow.Append('}', path.Length - 1).ToString();
    }

    private static string Block(ReadOnlySpan<string> path, string value, int column, int indent, string newline)
    {
        var block = new StringBuilder();
        for (var i = 0; i < path.Length; i++)
        {
            if (i > 0) block.Append(' ', column + (i * indent));
            block.Append(path[i]).Append(i < path.Length - 1 ? ":" : ": " + value).Append(newline);
        }

        return block.Append(' ', column).ToString();
    }
}
