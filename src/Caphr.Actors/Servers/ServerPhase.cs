namespace Caphr.Actors.Servers;

public enum ServerPhase
{
    Registered,
    Available,
    Claimed,
    EnteringRescue,
    InRescue,
    Installing,
    Booting,
    Configuring,
    Joining,
    Provisioned,
    Releasing,
    Failed,
}
