using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Robot;
using Caphr.Lab.StandIns;
using Caphr.Lab.World;

namespace Caphr.Lab;

public sealed record DatacenterOptions
{
    public WorldOptions World { get; init; } = new();

    public DatacenterPorts Ports { get; init; } = DatacenterPorts.AnyFree;

    /// <summary>Its address and port are taken from <see cref="Ports"/>.</summary>
    public LabRobotOptions Robot { get; init; } = new();

    /// <summary>Null: nobody works beside CAPHR.</summary>
    public StandInOptions? StandIns { get; init; } = new();

    /// <summary>Who is served by the Kubernetes API. It needs a back door, through which the datacenter's own parts come. Null: whoever comes.</summary>
    public LabSecurity? Security { get; init; }

    /// <summary>Brings the CRDs into the API server before anyone looks for them; the definitions of this repository if left out.</summary>
    public Func<Datacenter, CancellationToken, Task<LabFailure?>>? Install { get; init; }
}
