using System.Globalization;
using System.Net;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Protocols;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Effects;

/// <summary>What is done through the rescue system. Everything destructive names the boot, the machine and the disk it was decided for.</summary>
internal sealed class RescueInterpreter(IRescueDoor door, SshKeys keys, RobotInterpreter robot, HostOptions options, TimeProvider clock)
{
    /// <summary>One question on a connection that stands. Half of it is lost at each step of a provision.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(400);

    /// <summary>One SYN to a machine that is not there yet.</summary>
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(200);

    /// <summary>A link that is down for longer than this is not a blip; the lifecycle decides then.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Answers only when a proven rescue system does: after a reset the old system may still accept our key for seconds.</summary>
    public async Task<Heard> AwaitAsync(ServerEffect.AwaitRescue effect, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        var read = await keys.ReadAsync(effect.Robot.SshKey, cancellation);
        if (!read.TryGet(out var key, out var problem)) return problem.ToInput(effect.Key);
        using (key)
        {
            while (true)
            {
                var connected = await door.ConnectAsync(Endpoint(effect.Address), key, new HostKeyPolicy.FirstSight(), cancellation);
                if (connected.TryGet(out var session, out var failure))
                {
                    await using (session)
                    {
                        var known = session.HostKey.Sha256Fingerprint == effect.Left;
                        var proof = known ? new RescueFailure(RescueError.Refused, "The rescue system of before still answers.") : await session.ProveAsync(cancellation);
                        if (proof.TryGet(out _, out failure)) return new Heard.RescueAnswered(effect.Key, session.HostKey.Sha256Fingerprint);
                    }
                }

                if (failure.Retry == RetryClass.NeedsHuman) return StepProblem.From(failure).ToInput(effect.Key);
                notes.Report(new EffectNote(effect.Key, WhileBooting(failure)) { Missed = true });
                await Task.Delay(s_glance, clock, cancellation);
            }
        }
    }

    public async Task<Heard> ProveAsync(ServerEffect.ProveRescue effect, CancellationToken cancellation)
    {
        var answer = await InSessionAsync(effect.Robot, effect.Address, effect.HostKey, warrant: null, async session =>
        {
            var proof = await session.ProveAsync(cancellation);
            if (!proof.TryGet(out var proven, out var failure)) return failure;
            var inventory = await session.InspectAsync(cancellation);
            return inventory.TryGet(out var seen, out failure) ? Outcome<HardwareFacts, RescueFailure>.Of(Facts(effect.HostKey, proven, seen)) : failure;
        }, cancellation);
        return answer.TryGet(out var hardware, out var problem) ? new Heard.RescueProven(effect.Key, hardware) : problem.ToInput(effect.Key);
    }

    /// <summary>Starts the writer, or finds it running or done, and watches it to its end. A lost connection is not the end of a write.</summary>
    public async Task<Heard> InstallAsync(ServerEffect.InstallImage effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        // A controller that was restarted, or lost the server from sight, asks for the same attempt; a decided retry for a new one.
        var attempt = string.Create(CultureInfo.InvariantCulture, $"{effect.Claim}-{effect.Attempt}");
        var request = new InstallRequest(
            attempt,
            IdentityOf(effect.Boot),
            IdentityOf(effect.Disk),
            effect.MayDestroyForeignData ? DiskOwner.Anyone : DiskOwner.Talos,
            effect.Image.AbsoluteUri);

        var silentSince = clock.GetTimestamp();
        StepProblem? veto = null;
        var isRunning = false;
        while (true)
        {
            var answer = await InSessionAsync(effect.Robot, effect.Address, effect.Boot.HostKey, warrant, async session =>
            {
                // What was begun is watched to its end, whether or not it is permitted or wanted any more; nothing is begun.
                veto = WhyNot(effect.Guard, effect.Claim, isWanted);
                var status = veto is null ? await session.StartInstallAsync(request, cancellation) : await session.InstallStatusAsync(attempt, cancellation);
                while (status.TryGet(out var now, out _) && now.State == AttemptState.Running)
                {
                    (silentSince, isRunning) = (clock.GetTimestamp(), true);
                    notes.Report(Progress(effect.Key, now));
                    await Task.Delay(s_pace, clock, cancellation);
                    status = await session.InstallStatusAsync(attempt, cancellation);
                }

                return status;
            }, cancellation);

            if (answer.TryGet(out var end, out var problem))
            {
                return end switch
                {
                    { State: AttemptState.Done } => new Heard.ImageWritten(effect.Key, end.BytesWritten, end.Sha256),
                    { State: AttemptState.Absent } when veto is not null => veto.ToInput(effect.Key),
                    { Error: { } error } => new Heard.WriteFailed(effect.Key, $"Install{error.Code}", $"The image from {effect.Image.Authority} was not written to disk {effect.Disk.Name}, serial {effect.Disk.Serial}: {error.Detail.TrimEnd('.')}."),
                    _ => new Heard.Refused(effect.Key, "InstallForgotten", "The rescue system does not know of the installation any more.", Advice.EnterRescueAgain),
                };
            }

            // The key of the way there may not be readable for a moment either, which stops no writer.
            var lostForNow = problem != StepProblem.NoWarrant && (problem.Advice is null or Advice.BackOff || (isRunning && problem is { NothingDone: true, Advice: Advice.WaitForPerson }));
            if (!lostForNow || clock.GetElapsedTime(silentSince) > s_patience) return problem.ToInput(effect.Key);
            notes.Report(new EffectNote(effect.Key, $"Writing goes on; the connection is lost ({problem.Message})"));
            await Task.Delay(s_pace, clock, cancellation);
        }
    }

    public async Task<Heard> LeaveAsync(ServerEffect.LeaveRescue effect, Warrant warrant, CancellationToken cancellation)
    {
        if (!effect.OrderIsSpent && await robot.WithdrawOrderAsync(effect.Robot, effect.Key.Server, warrant, cancellation) is { } withdrawn)
        {
            // Whatever Robot did: nothing was told to boot yet, so the step is surely not done.
            return (withdrawn.Advice is null ? withdrawn with { Advice = Advice.BackOff } : withdrawn).ToInput(effect.Key);
        }

        var request = new BootRequest(IdentityOf(effect.Boot), IdentityOf(effect.Disk), AllowKexec: true);
        var since = clock.GetTimestamp();
        while (true)
        {
            var wasAsked = false;
            var answer = await InSessionAsync(effect.Robot, effect.Address, effect.Boot.HostKey, warrant, session =>
            {
                wasAsked = true;
                return session.BootAsync(request, cancellation);
            }, cancellation);
            if (answer.TryGet(out _, out var problem)) return new Heard.RescueLeft(effect.Key);

            // The way there is broken, which passes, or whoever asked before us was heard. To take the first for the second costs a quarter of an hour and a reset.
            if (!wasAsked && !problem.NothingDone && problem.Advice is Advice.BackOff && clock.GetElapsedTime(since) < s_patience)
            {
                await Task.Delay(s_pace, clock, cancellation);
                continue;
            }

            // That this boot of the rescue system is gone is what we wanted; how it went is seen by what answers next.
            return !problem.NothingDone && problem.Advice is null or Advice.BackOff or Advice.EnterRescueAgain
                ? new Heard.LeftUnknown(effect.Key, problem.Message)
                : problem.ToInput(effect.Key);
        }
    }

    public async Task<Heard> WipeAsync(ServerEffect.WipeDisk effect, Warrant warrant, Func<bool> isWanted, CancellationToken cancellation)
    {
        var request = new WipeRequest(IdentityOf(effect.Boot), IdentityOf(effect.Disk), effect.MayDestroyForeignData ? DiskOwner.Anyone : DiskOwner.Talos);
        StepProblem? Veto() => WhyNot(effect.Guard, effect.Claim, isWanted);
        var answer = await InSessionAsync(effect.Robot, effect.Address, effect.Boot.HostKey, warrant, session => session.WipeAsync(request, cancellation), cancellation, Veto);
        return answer.TryGet(out _, out var problem) ? new Heard.DiskWiped(effect.Key) : problem.ToInput(effect.Key);
    }

    private StepProblem? WhyNot(WipeGuard guard, ClaimId claim, Func<bool> isWanted) =>
        StepProblem.Unpermitted(guard, claim, clock.GetUtcNow()) ?? (isWanted() ? null : StepProblem.WriteNotWanted);

    /// <summary>One conversation with the very boot that was seen before, under its pinned host key.</summary>
    /// <param name="warrant">Asked for when the session is open; null for a talk that changes nothing.</param>
    /// <param name="veto">Asked last of all.</param>
    private async Task<Outcome<T, StepProblem>> InSessionAsync<T>(
        RobotAccess access, string address, string hostKey, Warrant? warrant, Func<RescueSession, Task<Outcome<T, RescueFailure>>> talk, CancellationToken cancellation, Func<StepProblem?>? veto = null)
    {
        var read = await keys.ReadAsync(access.SshKey, cancellation);
        if (!read.TryGet(out var key, out var problem)) return problem with { NothingDone = true };
        using (key)
        {
            var connected = await door.ConnectAsync(Endpoint(address), key, new HostKeyPolicy.Pinned(hostKey), cancellation);
            if (!connected.TryGet(out var session, out var failure)) return StepProblem.From(failure);
            await using (session)
            {
                if (warrant is { IsInForce: false }) return StepProblem.NoWarrant;
                if (veto?.Invoke() is { } vetoed) return vetoed;
                var answer = await talk(session);
                return answer.TryGet(out var value, out failure) ? Outcome<T, StepProblem>.Of(value) : StepProblem.From(failure);
            }
        }
    }

    private RescueEndpoint Endpoint(string address) => new(IPAddress.Parse(address), options.RescuePort);

    private static string WhileBooting(RescueFailure failure) => failure.Error switch
    {
        RescueError.Refused or RescueError.TimedOut or RescueError.Unreachable or RescueError.Dropped => "Waiting for the rescue system to boot.",
        RescueError.AuthenticationRefused => "Another system answers on the SSH port and refuses our key; waiting for the rescue system.",
        RescueError.NotRescue => "The system that answers on the SSH port is not the rescue system; waiting for it.",
        _ => $"Waiting for the rescue system; so far: {failure.Detail}",
    };

    private static EffectNote Progress(EffectKey key, InstallStatus status)
    {
        var megabytes = status.BytesWritten / 1_000_000;
        return status.TotalBytes is > 0 and { } total
            ? new EffectNote(key, string.Create(CultureInfo.InvariantCulture, $"Writing the image: {megabytes} of {total / 1_000_000} MB."), (double)status.BytesWritten / total)
            : new EffectNote(key, string.Create(CultureInfo.InvariantCulture, $"Writing the image: {megabytes} MB so far."));
    }

    private static HardwareFacts Facts(string hostKey, RescueProof proof, ServerInventory inventory) => new(
        new RescueBoot(hostKey, proof.BootMac ?? inventory.PrimaryMac ?? "", proof.SystemUuid),
        [.. inventory.Disks.Where(disk => !string.IsNullOrEmpty(disk.Serial)).Select(DiskOf)],
        inventory.Firmware == FirmwareKind.Uefi)
    {
        Cpus = inventory.CpuThreads,
        MemoryMiB = inventory.MemoryBytes / (1024 * 1024),
        NetworkMbit = inventory.NetworkCards.Max(card => card.SpeedMbit),
        Architecture = inventory.Architecture,
        BoardSerial = inventory.BoardSerial,
    };

    private static DiskFacts DiskOf(InspectedDisk disk) =>
        new(disk.Name, disk.Serial!, disk.Wwn, disk.ById.Count > 0 ? disk.ById[0] : null, disk.SizeBytes, disk.Rotational, ForeignData.On(disk))
        {
            Model = disk.Model,
            Transport = disk.Transport,
            Healthy = disk.Health?.Passed,
            WearPercent = disk.Health?.PercentageUsed,
            PowerOnHours = disk.Health?.PowerOnHours,
            HasTalos = ForeignData.IsTalos(disk),
            OtherIds = [.. disk.ById.Skip(1)],
        };

    private static ServerIdentity IdentityOf(RescueBoot boot) => new(boot.PrimaryMac.Length == 0 ? null : boot.PrimaryMac, boot.SystemUuid.Length == 0 ? null : boot.SystemUuid);

    private static DiskIdentity IdentityOf(DiskFacts disk) => new(disk.Wwn, disk.Serial);
}
