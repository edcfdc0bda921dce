using System.Text.Json.Nodes;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>A write that a stand-in wants to make. Each is right for the state it was planned from and for no other, so patches carry its version.</summary>
internal abstract record Write
{
    private Write() { }

    public abstract Task<Outcome<Done, KubernetesFailure>> SendAsync(KubernetesClient client, CancellationToken cancellation);

    public sealed record Create<T>(T Wanted) : Write
        where T : KubernetesObject, IKubernetesResource
    {
        public override async Task<Outcome<Done, KubernetesFailure>> SendAsync(KubernetesClient client, CancellationToken cancellation) =>
            (await client.CreateAsync(Wanted, cancellation)).Then(_ => default(Done));
    }

    public sealed record Change<T>(T Seen, JsonObject Body, bool ToStatus = false) : Write
        where T : KubernetesObject, IKubernetesResource
    {
        public override async Task<Outcome<Done, KubernetesFailure>> SendAsync(KubernetesClient client, CancellationToken cancellation)
        {
            var patch = Patch.Merge(Body, Seen.Metadata.ResourceVersion);
            return (await client.PatchAsync<T>(Seen.Key, ToStatus ? patch.ToStatus() : patch, cancellation)).Then(_ => default(Done));
        }
    }

    public sealed record Delete<T>(T Seen) : Write
        where T : KubernetesObject, IKubernetesResource
    {
        public override Task<Outcome<Done, KubernetesFailure>> SendAsync(KubernetesClient client, CancellationToken cancellation) =>
            client.DeleteAsync<T>(Seen.Key, Seen.Metadata.Uid, cancellation);
    }
}
