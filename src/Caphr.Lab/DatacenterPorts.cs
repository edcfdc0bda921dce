namespace Caphr.Lab;

/// <summary>
/// Where the Lab listens. The first three are on 127.0.0.1, where zero takes any free port; rescue and Talos listen on each server's own
/// address, so every server has the same.
/// </summary>
public sealed record DatacenterPorts(int Kubernetes, int Robot, int Factory, int Rescue, int Talos)
{
    public const int DefaultBase = 18400;

    public static readonly DatacenterPorts AnyFree = From(DefaultBase) with { Kubernetes = 0, Robot = 0, Factory = 0 };

    /// <summary>The last two digits recall the ports that the real ones are known by: 443, 80, 22, 50000.</summary>
    public static DatacenterPorts From(int portBase) =>
        new(Kubernetes: portBase + 43, Robot: portBase + 80, Factory: portBase + 81, Rescue: portBase + 22, Talos: portBase + 50);
}
