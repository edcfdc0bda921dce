using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>A private network between servers, as a VLAN on their only card. In lists it comes without its servers.</summary>
public sealed record RobotVSwitch
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required int Vlan { get; init; }

    public bool Cancelled { get; init; }

    public required IReadOnlyList<RobotVSwitchMember> Servers { get; init; }

    /// <summary>While one member is being worked on, the whole switch takes no changes.</summary>
    public bool IsInProcess => Servers.Any(server => server.State == VSwitchState.InProcess);

    internal static RobotVSwitch? Read(JsonElement json)
    {
        if (json.Integer("id") is not { } id || json.Integer("vlan") is not { } vlan) return null;
        var servers = new List<RobotVSwitchMember>();
        foreach (var item in json.Items("server"))
        {
            // Leaving one out would say that it is not attached.
            if (RobotVSwitchMember.Read(item) is not { } server) return null;
            servers.Add(server);
        }

        return new RobotVSwitch { Id = id, Name = json.Text("name") ?? "", Vlan = vlan, Cancelled = json.Flag("cancelled") ?? false, Servers = servers };
    }
}

public enum VSwitchState
{
    Ready,

    /// <summary>Robot has three words for it. An unknown word means this too: not ready yet.</summary>
    InProcess,

    Failed,
}

public sealed record RobotVSwitchMember(int ServerNumber, VSwitchState State)
{
    internal static RobotVSwitchMember? Read(JsonElement json) => json.Integer("server_number") is { } number
        ? new RobotVSwitchMember(number, json.Text("status") switch
        {
            "ready" => VSwitchState.Ready,
            "failed" => VSwitchState.Failed,
            _ => VSwitchState.InProcess,
        })
        : null;
}
