using System.Text.Json.Nodes;
using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>One change to one object, made only if the object is still the version it was decided on.</summary>
internal abstract record Write(string Kind, ObjectKey Key, string? Version)
{
    public abstract bool IsStatus { get; }

    /// <summary>Only the words of a status have changed, as those of a progress bar do: nobody acts on them.</summary>
    public abstract bool IsNote { get; }

    /// <summary>Whom this write would give a server to.</summary>
    public Claimant? Claimant { get; init; }

    /// <summary>Since when that machine has waited for it.</summary>
    public DateTimeOffset? WaitedSince { get; init; }

    /// <summary>Takes away our finalizer: the object may vanish with this write.</summary>
    public bool LetsGo { get; init; }

    /// <summary>To be told about the object once this is written.</summary>
    public EventText? News { get; init; }

    public abstract ObjectReference About { get; }

    public abstract Task<Outcome<string?, KubernetesFailure>> CarryOutAsync(KubernetesClient kubernetes, CancellationToken cancellation);

    /// <summary>Sets one annotation, or takes it away.</summary>
    public static Of<T> Annotation<T>(T target, string name, string? value, string what)
        where T : KubernetesObject, IKubernetesResource =>
        new(target, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [name] = value } } }, Status: false, what);

    /// <returns>The version that the object has afterwards, or null if it is gone.</returns>
    internal sealed record Of<T>(T Object, JsonObject Body, bool Status, string What) : Write(T.Resource.Kind, Object.Key, Object.Metadata.ResourceVersion)
        where T : KubernetesObject, IKubernetesResource
    {
        public override bool IsStatus => Status;

        public override bool IsNote => Status && Body["status"] is JsonObject { Count: 1 } status && status.ContainsKey("message");

        public override ObjectReference About => ObjectReference.To(Object);

        public override async Task<Outcome<string?, KubernetesFailure>> CarryOutAsync(KubernetesClient kubernetes, CancellationToken cancellation)
        {
            if (Claimant is { } claimant && await claimant.WhyNotAsync(kubernetes, cancellation) is { } gone) return gone;
            var patch = Patch.Merge(Body, onlyIfVersion: Version);
            var written = await kubernetes.PatchAsync<T>(Object.Key, Status ? patch.ToStatus() : patch, cancellation);
            return written.TryGet(out var now, out var failure) ? Outcome<string?, KubernetesFailure>.Of(now.Metadata.ResourceVersion) : failure;
        }

        public override string ToString() => $"{What} of {T.Resource.Kind} {Object.Key}";
    }
}

/// <summary>A machine, and the claim that would be made for it.</summary>
internal sealed record Claimant(ObjectKey Key, ClaimId Claim)
{
    /// <summary>
    /// A claim is guarded by the version of the server's object, and not by that of the machine's: a replica whose news of machines is old would claim a free server for one that is
    /// gone, and nobody would ever end that claim. So the machine is looked at right before, which leaves the time of one call.
    /// </summary>
    /// <returns>Null: it is there and wants its server. <see cref="KubernetesError.Gone"/>: it is not, or is another one by now.</returns>
    public async Task<KubernetesFailure?> WhyNotAsync(KubernetesClient kubernetes, CancellationToken cancellation)
    {
        if (!(await kubernetes.GetAsync<HetznerRobotMachine>(Key, cancellation)).TryGet(out var machine, out var failure))
            return failure.Error is KubernetesError.NotFound ? Gone("is gone") : failure;
        if (machine.Metadata.BeingDeleted) return Gone("is being deleted");
        return WorldView.UidFor(machine) == Claim.MachineUid ? null : Gone("is another one by now");
    }

    public override string ToString() => $"{Key}";

    private KubernetesFailure Gone(string how) => new(KubernetesError.Gone, $"{HetznerRobotMachine.Resource.Kind} {Key} {how}.");
}
