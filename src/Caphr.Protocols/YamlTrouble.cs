using YamlDotNet.Core;

namespace Caphr.Protocols;

/// <summary>What YamlDotNet throws at a text that is no YAML. Its messages may quote the text, so only the place is taken from them.</summary>
internal static class YamlTrouble
{
    /// <summary>Of some malformed texts, such as a list that is never closed, the parser says that its own operation is not valid.</summary>
    public static bool Is(Exception exception) => exception is YamlException or InvalidOperationException;

    public static Mark PlaceOf(Exception exception) => (exception as YamlException)?.Start ?? Mark.Empty;
}
