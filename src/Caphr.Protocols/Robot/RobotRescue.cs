using System.Text;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>
/// The rescue order of a server. <see cref="Active"/> falls back to false when the network boot fetches it, minutes before the rescue
/// system answers on SSH, so false says nothing about whether rescue is on its way.
/// </summary>
public sealed record RobotRescue
{
    public required int Number { get; init; }

    public required bool Active { get; init; }

    /// <summary>Root's password in the system that will boot; new at every activation.</summary>
    public string? Password { get; init; }

    /// <summary>MD5 fingerprints of the keys that will be let in.</summary>
    public required IReadOnlyList<string> AuthorizedFingerprints { get; init; }

    /// <summary>Host keys, as far as Robot knows them: empty at activation, filled at an undocumented later moment.</summary>
    public required IReadOnlyList<RobotHostKey> HostKeys { get; init; }

    internal static RobotRescue? Read(JsonElement json) => json.Integer("server_number") is not { } number || json.Flag("active") is not { } active
        ? null
        : new RobotRescue
        {
            Number = number,
            Active = active,
            Password = json.Text("password"),
            AuthorizedFingerprints = [.. json.Items("authorized_key").Select(item => item.Inner("key").Text("fingerprint")).OfType<string>()],
            HostKeys = [.. json.Items("host_key").Select(item => RobotHostKey.Read(item.Inner("key"))).OfType<RobotHostKey>()],
        };

    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Number = ").Append(Number).Append(", Active = ").Append(Active).Append(", AuthorizedFingerprints = [")
            .AppendJoin(", ", AuthorizedFingerprints).Append("], HostKeys = [").AppendJoin(", ", HostKeys).Append(']');
        return true;
    }
}

public sealed record RobotHostKey(string Fingerprint, string Type)
{
    internal static RobotHostKey? Read(JsonElement json) =>
        json.Text("fingerprint") is { } fingerprint ? new RobotHostKey(fingerprint, json.Text("type") ?? "") : null;
}
