using Caphr.Actors.Sharding;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Host.Replicas;

/// <summary>
/// Replicas as coordination.k8s.io Leases, one for each process, all in one namespace. Lists ask the API server without a resourceVersion, so they are
/// read from its store and not from a cache, as the promise of <see cref="IMemberLeases"/> needs.
/// </summary>
internal sealed class KubernetesLeases(KubernetesClient kubernetes, string nameSpace, TimeProvider clock) : IMemberLeases
{
    private const string PartOf = "app.kubernetes.io/part-of";
    private const string Ours = "caphr-replicas";
    private const string JournalLabel = "caphr.io/journal";

    public async Task<LeaseOutcome> RenewAsync(Member member, CancellationToken cancellation)
    {
        var lease = new Lease
        {
            Metadata = new ObjectMeta
            {
                Name = member.Name,
                Namespace = nameSpace,
                Labels = new Dictionary<string, string> { [PartOf] = Ours, [JournalLabel] = member.Journal },
            },
            Spec = new LeaseSpec { HolderIdentity = member.Name, LeaseDurationSeconds = (int)member.Lease.TotalSeconds, RenewTime = clock.GetUtcNow() },
        };
        var written = await kubernetes.PatchAsync<Lease>(lease.Key, Patch.Apply(lease, force: true), cancellation);
        return new LeaseOutcome(written.Failure?.Message);
    }

    public async Task<LeasesOutcome> ListAsync(CancellationToken cancellation)
    {
        var listed = await kubernetes.ListAsync<Lease>(Selection.In(nameSpace) with { Labels = $"{PartOf}={Ours}" }, cancellation);
        return listed.TryGet(out var leases, out var failure) ? new LeasesOutcome([.. leases.Items.Select(Read)]) : new LeasesOutcome([], failure.Message);
    }

    public async Task<LeaseOutcome> RemoveAsync(string name, CancellationToken cancellation)
    {
        var removed = await kubernetes.DeleteAsync<Lease>(new ObjectKey(nameSpace, name), onlyIfUid: null, cancellation);
        return removed.TryGet(out _, out var failure) || failure.Error == KubernetesError.NotFound ? new LeaseOutcome() : new LeaseOutcome(failure.Message);
    }

    private static MemberLease Read(Lease lease) => new(
        new Member(lease.Metadata.Name, lease.Metadata.Labels.GetValueOrDefault(JournalLabel, ""), TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 0)),
        lease.Metadata.ResourceVersion ?? "");
}
