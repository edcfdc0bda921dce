using System.Text.Json;

namespace Caphr.Protocols.Robot;

public enum ResetType
{
    /// <summary>Ctrl-Alt-Del: only a system that listens to it restarts.</summary>
    Software,

    /// <summary>The reset button.</summary>
    Hardware,

    /// <summary>A short press of the power button: shuts down what runs, starts what is off.</summary>
    Power,

    /// <summary>A long press: off, whatever runs.</summary>
    PowerLong,

    /// <summary>An e-mail to a technician.</summary>
    Manual,
}

public enum OperatingStatus
{
    /// <summary>The server's hardware does not tell.</summary>
    NotKnown,

    Running,

    ShutOff,
}

/// <summary>How a server can be reset, and whether it is running where its hardware tells. The list call leaves the latter out.</summary>
public sealed record RobotReset
{
    public required int Number { get; init; }

    public required IReadOnlyList<ResetType> Types { get; init; }

    public OperatingStatus OperatingStatus { get; init; }

    public bool Offers(ResetType type) => Types.Contains(type);

    internal static RobotReset? Read(JsonElement json) => json.Integer("server_number") is not { } number
        ? null
        : new RobotReset
        {
            Number = number,
            // A type that we do not know is one that we would not press.
            Types = [.. json.Items("type").Select(item => Parse(item.AsText())).OfType<ResetType>()],
            OperatingStatus = json.Text("operating_status") switch
            {
                "running" => OperatingStatus.Running,
                "shut off" => OperatingStatus.ShutOff,
                _ => OperatingStatus.NotKnown,
            },
        };

    internal static string Word(ResetType type) => type switch
    {
        ResetType.Software => "sw",
        ResetType.Hardware => "hw",
        ResetType.Power => "power",
        ResetType.PowerLong => "power_long",
        ResetType.Manual => "man",
    };

    private static ResetType? Parse(string? word) => word switch
    {
        "sw" => ResetType.Software,
        "hw" => ResetType.Hardware,
        "power" => ResetType.Power,
        "power_long" => ResetType.PowerLong,
        "man" => ResetType.Manual,
        _ => null,
    };
}
