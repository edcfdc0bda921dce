using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Caphr.Protocols.MachineConfig.Yaml;

/// <summary>
/// What is to be written into a configuration. It is written in block style or, inside of what somebody wrote in braces, in flow style;
/// both read the same.
/// </summary>
internal abstract partial record YamlValue
{
    private YamlValue() { }

    /// <summary>In double quotes, where no value can be mistaken for a number, a comment or a structure.</summary>
    public sealed record Text(string Value) : YamlValue
    {
        public override string ToString() => Quoted(Value);
    }

    /// <summary>A number, a truth value or a name of Talos' own, which needs no quotes.</summary>
    public sealed record Word(string Value) : YamlValue
    {
        public override string ToString() => Value;
    }

    public sealed record List(IReadOnlyList<YamlValue> Items) : YamlValue
    {
        public override string ToString() => Flow();
    }

    public sealed record Map(IReadOnlyList<(string Key, YamlValue Value)> Entries) : YamlValue
    {
        public override string ToString() => Flow();
    }

    public static YamlValue Of(string text) => new Text(text);

    public static YamlValue Of(int number) => new Word(number.ToString(CultureInfo.InvariantCulture));

    public static YamlValue Of(bool value) => new Word(value ? "true" : "false");

    public static Map Of(params IReadOnlyList<(string Key, YamlValue Value)> entries) => new(entries);

    public static List Of(IEnumerable<string> texts) => new([.. texts.Select(Of)]);

    public static List ListOf(params IReadOnlyList<YamlValue> items) => new(items);

    /// <summary>This value below a path of keys.</summary>
    public YamlValue Under(ReadOnlySpan<string> path)
    {
        var value = this;
        for (var i = path.Length - 1; i >= 0; i--) value = Of((path[i], value));
        return value;
    }

    public string Flow() => this switch
    {
        List list => $"[{string.Join(", ", list.Items.Select(item => item.Flow()))}]",
        Map map => $"{{{FlowEntries(map)}}}",
        _ => ToString()!,
    };

    /// <summary>The entries of a map without its braces, to stand inside of another's.</summary>
    public static string FlowEntries(Map map) => string.Join(", ", map.Entries.Select(entry => $"{Name(entry.Key)}: {entry.Value.Flow()}"));

    /// <summary>The lines of a map or list, the first one without the indentation that stands in front of it already.</summary>
    public string Block(int column, int indent, string newline)
    {
        var block = new StringBuilder();
        WriteBlock(block, column, indent, newline);
        return block.ToString();
    }

    private void WriteBlock(StringBuilder block, int column, int indent, string newline)
    {
        switch (this)
        {
            case Map map:
                for (var i = 0; i < map.Entries.Count; i++)
                {
                    if (i > 0) block.Append(' ', column);
                    var (key, value) = map.Entries[i];
                    block.Append(Name(key)).Append(':');
                    if (value.IsFlat) block.Append(' ').Append(value.Flow()).Append(newline);
                    else value.WriteBlock(block.Append(newline).Append(' ', column + indent), column + indent, indent, newline);
                }

                break;
            case List list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    if (i > 0) block.Append(' ', column);
                    block.Append("- ");
                    if (list.Items[i].IsFlat) block.Append(list.Items[i].Flow()).Append(newline);
                    else list.Items[i].WriteBlock(block, column + 2, indent, newline);
                }

                break;
        }
    }

    private bool IsFlat => this is Text or Word or List { Items.Count: 0 } or Map { Entries.Count: 0 };

    private static string Name(string key) => PlainKey().IsMatch(key) ? key : Quoted(key);

    private static string Quoted(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in value)
        {
            if (character is '"' or '\\') quoted.Append('\\').Append(character);
            else if (char.IsControl(character)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else quoted.Append(character);
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9./_-]*$")]
    private static partial Regex PlainKey();
}
