using System.Globalization;
using Caphr.Actors.Sharding;

namespace Caphr.Host.Replicas;

/// <summary>Who this process is among the replicas: the pod's name for people, and a part by chance, because a process started anew is another member.</summary>
internal static class Replica
{
    /// <summary>The name of a Lease: letters, digits, dashes and dots.</summary>
    public static Member Of(HostOptions options, string journal, Random random)
    {
        var host = new string([.. options.ReplicaName.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]).Trim('-');
        return new Member(string.Create(CultureInfo.InvariantCulture, $"{(host.Length == 0 ? "caphr" : host)}.{random.Next():x8}"), journal, options.Lease);
    }
}
