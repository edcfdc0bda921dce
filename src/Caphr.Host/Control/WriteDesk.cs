using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Control;

/// <summary>
/// Lets planned writes out one by one, or holds them back. No version of an object is written on twice, so an old view of it can do no harm; a
/// status that follows a progress bar is written once a second, while a few steps in a row are not held back; what was refused is not tried again at once; and for a machine that
/// waits for its first claim to be seen, there is no second one.
/// </summary>
/// <param name="seen">The version of a host that the watch has brought, or null if it knows none of this name.</param>
internal sealed class WriteDesk(Func<ObjectKey, string?> seen)
{
    private const int AtOnce = 16;

    private static readonly TimeSpan s_statusPace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// So far an object that was quiet may run ahead of the pace, because somebody waits for the last of its steps. The end of a provision is the longest row: configuring,
    /// the providerID, joining, the move that is free again, provisioned.
    /// </summary>
    private static readonly TimeSpan s_inARow = 5 * s_statusPace;

    private static readonly TimeSpan s_afterRefusal = TimeSpan.FromSeconds(5);

    /// <summary>A claim whose answer was lost, and that no watch has shown by then, has not come about: its machine may go.</summary>
    private static readonly TimeSpan s_claimArrives = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Target, Memory> _written = [];
    private readonly Dictionary<ObjectKey, (ObjectKey Host, string? Version, DateTimeOffset Until, bool MayHaveHappened)> _claims = [];
    private readonly Dictionary<Target, string> _complaints = [];
    private int _underWay;

    /// <summary>Objects that something is remembered of.</summary>
    public int Remembered => _written.Count;

    /// <summary>Another write can be sent before one that is under way has ended.</summary>
    public bool HasRoom => _underWay < AtOnce;

    /// <summary>Whether to send this now. If so it counts as sent, and <see cref="Settle"/> is owed.</summary>
    public Turn Ask(Write write, DateTimeOffset now)
    {
        var target = Target.Of(write);
        if (_written.TryGetValue(target, out var last))
        {
            if (last.Version == write.Version) return Turn.No;
            // Without a version: the last try was refused, and the same will be refused again for a while.
            var notBefore = write.IsNote && last.NextNote > last.NextStep ? last.NextNote : last.NextStep;
            if ((write.IsStatus || last.Version is null) && notBefore > now) return new Turn(Send: false, Again: notBefore - now);
        }

        if (!HasRoom) return Turn.No;
        // A claim for this machine is on its way, and the machine must be there when it arrives.
        if (write.LetsGo && _claims.TryGetValue(write.Key, out var sent) && seen(sent.Host) == sent.Version && sent.Until > now) return new Turn(Send: false, Again: sent.Until - now);
        if (write.Claimant is { Key: var machine })
        {
            // The watch has not shown this machine's first claim yet, and a second one would give it two servers.
            if (_claims.TryGetValue(machine, out var first) && first.Host != write.Key && seen(first.Host) == first.Version) return Turn.No;
            _claims[machine] = (write.Key, write.Version, now + s_claimArrives, first.MayHaveHappened && first.Host == write.Key && first.Version == write.Version);
        }

        _underWay++;
        var from = last.NextStep > now - s_inARow ? last.NextStep : now - s_inARow;
        _written[target] = new Memory(write.Version, NextStep: write.IsNote ? from : from + s_statusPace, NextNote: now + s_statusPace);
        return new Turn(Send: true, Again: null);
    }

    public Verdict Settle(Write write, Outcome<string?, KubernetesFailure> outcome, DateTimeOffset now)
    {
        _underWay--;
        var target = Target.Of(write);
        if (outcome.TryGet(out var version, out var failure))
        {
            _complaints.Remove(target);
            // The server changed nothing, so no new version will come to tell us that we may write again; but it may drop what we write each time.
            if (version == write.Version) _written[target] = Memory.NothingUntil(now + s_afterRefusal);
            return Verdict.Done;
        }

        // Nothing was written, so others may still be given it.
        if (failure.Error is KubernetesError.Gone)
        {
            _written[target] = Memory.NothingUntil(now + s_statusPace);
            SettleClaim(write, failure.Error);
            return Verdict.Outrun;
        }

        // Somebody was faster; the watch brings what it is now.
        if (failure.Error is KubernetesError.Conflict or KubernetesError.NotFound) return Verdict.Outrun;
        var pause = failure.RetryAfter ?? s_afterRefusal;
        var news = !_complaints.TryGetValue(target, out var said) || said != failure.Message;
        _complaints[target] = failure.Message;
        _written[target] = Memory.NothingUntil(now + pause);
        SettleClaim(write, failure.Error);
        return new Verdict.Refused(pause, news);
    }

    /// <summary>A claim that was refused outright binds its machine no longer; of one whose answer was lost, only the watch can tell.</summary>
    private void SettleClaim(Write write, KubernetesError error)
    {
        if (write.Claimant is not { Key: var machine } || !_claims.TryGetValue(machine, out var claim) || claim.Host != write.Key) return;
        if (error is KubernetesError.AnswerLost) _claims[machine] = claim with { MayHaveHappened = true };
        else if (IsSurelyNotDone(error) && !claim.MayHaveHappened) _claims.Remove(machine);
    }

    private static bool IsSurelyNotDone(KubernetesError error) => error
        is KubernetesError.Invalid or KubernetesError.Forbidden or KubernetesError.Unauthorized or KubernetesError.TooManyRequests
        or KubernetesError.Unreachable or KubernetesError.TimedOut or KubernetesError.Gone;

    /// <summary>Lets go of what is remembered of objects that are gone.</summary>
    public void Forget(Func<string, ObjectKey, bool> exists)
    {
        foreach (var gone in _written.Keys.Where(target => !exists(target.Kind, target.Key)).ToList())
        {
            _written.Remove(gone);
            _complaints.Remove(gone);
            if (gone.Kind == HetznerRobotMachine.Resource.Kind) _claims.Remove(gone.Key);
        }
    }

    /// <param name="Again">When to ask again although nothing changes until then.</param>
    internal readonly record struct Turn(bool Send, TimeSpan? Again)
    {
        public static readonly Turn No;
    }

    internal abstract record Verdict
    {
        public static readonly Verdict Done = new Succeeded();
        public static readonly Verdict Outrun = new Late();

        private Verdict() { }

        internal sealed record Succeeded : Verdict;

        /// <summary>Decided on an old version.</summary>
        internal sealed record Late : Verdict;

        /// <param name="IsNews">The last refusal was for another reason, or there was none.</param>
        internal sealed record Refused(TimeSpan Pause, bool IsNews) : Verdict;
    }

    /// <param name="Version">The last that was written on, or null if that was refused, or changed nothing.</param>
    private readonly record struct Memory(string? Version, DateTimeOffset NextStep, DateTimeOffset NextNote)
    {
        public static Memory NothingUntil(DateTimeOffset time) => new(Version: null, time, time);
    }

    private readonly record struct Target(string Kind, ObjectKey Key)
    {
        public static Target Of(Write write) => new(write.Kind, write.Key);
    }
}
