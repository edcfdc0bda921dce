using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>A public SSH key stored in the account. Robot tells keys apart by their material; names may repeat.</summary>
public sealed record RobotKey(string Name, string Fingerprint)
{
    internal static RobotKey? Read(JsonElement json) =>
        json.Text("fingerprint") is { } fingerprint ? new RobotKey(json.Text("name") ?? "", fingerprint) : null;
}
