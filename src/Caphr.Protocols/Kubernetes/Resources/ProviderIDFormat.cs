using System.Text.Json.Serialization;

namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>The scheme of provider IDs. kubelet sets it once and for all, so it is never changed for a node that has one.</summary>
public enum ProviderIDFormat
{
    [JsonStringEnumMemberName("hetzner-robot")]
    HetznerRobot,

    [JsonStringEnumMemberName("hrobot")]
    Hrobot,
}
