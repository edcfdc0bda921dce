namespace Caphr.Actors.Servers;

public enum ServerPhase
{
    Registered,
    Inspecting,
    Available,
    Claimed,
    EnteringRescue,
    InRescue,
    Installing,
    Booting,
    Configuring,
    Joining,
    Provisioned,
    Remediating,
    Releasing,
    Failed,
    Quarantined,
}
