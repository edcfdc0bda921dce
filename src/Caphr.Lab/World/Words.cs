using System.Text.RegularExpressions;

namespace Caphr.Lab.World;

/// <summary>Names from the code as people type them: <c>RescueNeverBoots</c> is <c>rescue-never-boots</c>.</summary>
public static partial class Words
{
    public static string Of<T>(T name)
        where T : struct, Enum => Hump().Replace(name.ToString(), "-$1").ToLowerInvariant();

    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(Of);

    public static T? Find<T>(string words)
        where T : struct, Enum => Enum.GetValues<T>().Select(name => (T?)name).FirstOrDefault(name => Of(name!.Value) == words);

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex Hump();
}
