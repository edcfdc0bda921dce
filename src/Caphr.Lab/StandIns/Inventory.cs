using System.Globalization;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Informers;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Lab.StandIns;

/// <summary>Copies of the objects of some kinds, kept up to date, and a knock at the door whenever one of them changed.</summary>
internal sealed class Inventory(KubernetesClient client, TimeProvider clock, Random random)
{
    // Long for a watch to carry one change. Who was written may also be gone again unseen, so nobody waits for ever.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Bell _changed = new();
    private readonly List<Kind> _kinds = [];

    public Inventory Of<T>()
        where T : KubernetesObject, IKubernetesResource
    {
        _kinds.Add(new Kind<T>(client, clock, new Random(random.Next()), Knock));
        return this;
    }

    public IReadOnlyList<T> All<T>()
        where T : KubernetesObject, IKubernetesResource => _kinds.OfType<Kind<T>>().Single().Informer.All();

    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(_kinds.Select(kind => kind.RunAsync(cancellation)));

    /// <summary>Acting on half of what there is would make things that exist already.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellation) => Task.WhenAll(_kinds.Select(kind => kind.WaitForSyncAsync(cancellation)));

    public void Knock() => _changed.Ring();

    /// <summary>Until something changed, or until the time given.</summary>
    public Task WaitForChangeAsync(DateTimeOffset? until, CancellationToken cancellation)
    {
        var left = until - clock.GetUtcNow();
        return _changed.WaitAsync(left < TimeSpan.Zero ? TimeSpan.Zero : left, clock, cancellation);
    }

    /// <summary>Until the copies hold what was written.</summary>
    public async Task CatchUpAsync(IReadOnlyCollection<Receipt> written, CancellationToken cancellation)
    {
        var limit = clock.GetUtcNow() + s_patience;
        while (clock.GetUtcNow() < limit && written.Any(IsMissing)) await WaitForChangeAsync(limit, cancellation);
        // What was read away here may have been the change of somebody else.
        Knock();
    }

    private bool IsMissing(Receipt receipt) => _kinds.FirstOrDefault(kind => kind.Type == receipt.Kind) is { } kind && kind.Newest < Number(receipt.Version);

    // The Lab's own API server counts its versions with one number for all kinds.
    private static long Number(string? version) => long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private abstract class Kind
    {
        private long _newest;

        public abstract Type Type { get; }

        /// <summary>Newest version of any object of this kind that was seen.</summary>
        public long Newest => Interlocked.Read(ref _newest);

        public abstract Task RunAsync(CancellationToken cancellation);

        public abstract Task WaitForSyncAsync(CancellationToken cancellation);

        protected void Saw(string? version)
        {
            // Only the informer's own loop writes here.
            if (Number(version) is var number && number > Newest) Interlocked.Exchange(ref _newest, number);
        }
    }

    private sealed class Kind<T> : Kind
        where T : KubernetesObject, IKubernetesResource
    {
        public Kind(KubernetesClient client, TimeProvider clock, Random random, Action knock) => Informer = new Informer<T>(
            client,
            new InformerOptions(),
            clock,
            random,
            (change, _) =>
            {
                Saw(change.Item.Metadata.ResourceVersion);
                knock();
                return ValueTask.CompletedTask;
            },
            // Whether the API server can be reached is for its clients under test to say.
            _ => { });

        public Informer<T> Informer { get; }

        public override Type Type => typeof(T);

        public override Task RunAsync(CancellationToken cancellation) => Informer.RunAsync(cancellation);

        public override Task WaitForSyncAsync(CancellationToken cancellation) => Informer.WaitForSyncAsync(cancellation);
    }
}
