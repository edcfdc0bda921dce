namespace Caphr.Lab.Rescue;

public sealed record LabRescueOptions
{
    /// <summary>Where the servers' SSH listens, at each server's own address. 0 gives every boot a free port, which <see cref="LabRescue.EndpointOf"/> tells.</summary>
    public int Port { get; init; } = 2222;
}
