using System.Security.Cryptography;

namespace Caphr.Protocols.Rescue.Agent;

/// <summary>
/// The script that works on the server. It is named by its own hash, so that a newer controller brings its own agent and does not pull
/// the script from under an installation that an older one started.
/// </summary>
public static class AgentScript
{
    /// <summary>The agent refused, and says why in its answer.</summary>
    internal const int RefusedStatus = 3;

    /// <summary>What bash ends with when there is no such script.</summary>
    internal const int MissingStatus = 127;

    internal const string Directory = "/run/caphr";

    public static ReadOnlyMemory<byte> Text { get; } = Load();

    internal static string Path { get; } = $"{Directory}/agent-{Convert.ToHexStringLower(SHA256.HashData(Text.Span))[..16]}";

    /// <summary>Takes the script on its standard input. Renamed into place whole, for a cut connection must not leave half an agent.</summary>
    internal static string UploadCommand { get; } = $"umask 077 && mkdir -p {Directory} && cat >{Path}.$$ && mv {Path}.$$ {Path}";

    /// <summary>Only the verb is in the command; what it works on comes by standard input, so nothing needs quoting or shows in a process list.</summary>
    internal static string Command(string verb) => $"bash {Path} {verb}";

    private static byte[] Load()
    {
        using var stream = typeof(AgentScript).Assembly.GetManifestResourceStream("Caphr.Protocols.Rescue.Agent.agent.sh")
            ?? throw new InvalidOperationException("The agent script is not embedded in the assembly.");
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return text;
    }
}
