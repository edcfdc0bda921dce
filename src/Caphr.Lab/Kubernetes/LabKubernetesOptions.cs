using System.Net;
using Caphr.Lab.Kubernetes.Security;

namespace Caphr.Lab.Kubernetes;

public sealed record LabKubernetesOptions
{
    public required TimeProvider Clock { get; init; }

    /// <summary>A loopback address: the Lab is not for other machines.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0: any free port.</summary>
    public int Port { get; init; }

    /// <summary>Decides every UID and generated name.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Changes kept for watches. A watcher further behind than this gets 410 Gone.</summary>
    public int HistoryLimit { get; init; } = 10_000;

    /// <summary>How long a quiet watch waits between bookmarks.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What it begins with, of a server with the same security; null: with two namespaces, and the first roles where there are any.</summary>
    public LabFoundation? Foundation { get; init; }

    /// <summary>Null: plain HTTP, and whoever comes is served.</summary>
    public LabSecurity? Security { get; init; }

    /// <summary>What <c>/version</c> says.</summary>
    public string Version { get; init; } = "v1.32.4";
}
