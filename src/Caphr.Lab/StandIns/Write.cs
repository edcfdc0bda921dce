using System.Text.Json.Nodes;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>
/// A write that a stand-in wants to make. Each is right for the state it was planned from and for no other, so patches carry its version,
/// and nobody plans again before their copy of the world holds what the <see cref="Receipt"/> names.
/// </summary>
internal abstract record Write
{
    private Write() { }

    /// <returns>Null when it was refused, for whatever reason: the plan is made anew from what is so then.</returns>
    public abstract Task<Receipt?> SendAsync(KubernetesClient client, CancellationToken cancellation);

    /// <summary>Takes back a write that succeeded, because one that belongs to it did not. Only what was made can be taken back.</summary>
    protected virtual Task UndoAsync(KubernetesClient client, CancellationToken cancellation) => Task.CompletedTask;

    public sealed record Create<T>(T Wanted) : Write
        where T : KubernetesObject, IKubernetesResource
    {
        public override async Task<Receipt?> SendAsync(KubernetesClient client, CancellationToken cancellation) =>
            (await client.CreateAsync(Wanted, cancellation)).TryGet(out var made, out _) ? Receipt.For(made) : null;

        protected override Task UndoAsync(KubernetesClient client, CancellationToken cancellation) => client.DeleteAsync<T>(Wanted.Key, onlyIfUid: null, cancellation);
    }

    public sealed record Change<T>(T Seen, JsonObject Body, bool ToStatus = false) : Write
        where T : KubernetesObject, IKubernetesResource
    {
        public override async Task<Receipt?> SendAsync(KubernetesClient client, CancellationToken cancellation)
        {
            var patch = Patch.Merge(Body, Seen.Metadata.ResourceVersion);
            if (!(await client.PatchAsync<T>(Seen.Key, ToStatus ? patch.ToStatus() : patch, cancellation)).TryGet(out var now, out _)) return null;
            // A patch that changed nothing must not make anybody look again, or they would patch for ever.
            return now.Metadata.ResourceVersion == Seen.Metadata.ResourceVersion ? Receipt.Nothing : Receipt.For(now);
        }
    }

    public sealed record Delete<T>(T Seen) : Write
        where T : KubernetesObject, IKubernetesResource
    {
        public override async Task<Receipt?> SendAsync(KubernetesClient client, CancellationToken cancellation) =>
            (await client.DeleteAsync<T>(Seen.Key, Seen.Metadata.Uid, cancellation)).Succeeded ? Receipt.Nothing : null;
    }

    /// <summary>Something that is done elsewhere than in the Kubernetes API.</summary>
    /// <param name="DoAsync">True when it was done.</param>
    public sealed record Act(Func<CancellationToken, Task<bool>> DoAsync) : Write
    {
        public override async Task<Receipt?> SendAsync(KubernetesClient client, CancellationToken cancellation) =>
            await DoAsync(cancellation) ? Receipt.Nothing : null;
    }

    /// <summary>One after the other; when one is refused, those before it are taken back and those after it are not sent.</summary>
    public sealed record Together(IReadOnlyList<Write> Parts) : Write
    {
        public override async Task<Receipt?> SendAsync(KubernetesClient client, CancellationToken cancellation)
        {
            var last = Receipt.Nothing;
            for (var i = 0; i < Parts.Count; i++)
            {
                if (await Parts[i].SendAsync(client, cancellation) is { } receipt)
                {
                    last = receipt;
                    continue;
                }

                for (var done = i - 1; done >= 0; done--) await Parts[done].UndoAsync(client, cancellation);
                return null;
            }

            return last;
        }
    }
}

/// <summary>The kind and version of what was written.</summary>
internal readonly record struct Receipt(Type? Kind, string? Version)
{
    public static readonly Receipt Nothing;

    public static Receipt For<T>(T written)
        where T : KubernetesObject => new(typeof(T), written.Metadata.ResourceVersion);
}
