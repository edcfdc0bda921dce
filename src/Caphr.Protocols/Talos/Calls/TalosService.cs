using Caphr.Protocols.Talos.Wire.Machine;

namespace Caphr.Protocols.Talos.Calls;

/// <summary>A service of the node, in Talos' words. Null health: the service has none to report.</summary>
public sealed record TalosService(string Id, string State, bool? Healthy)
{
    internal static TalosService Of(ServiceInfo service) => new(service.Id, service.State, service.Health is { Unknown: false } health ? health.Healthy : null);
}
