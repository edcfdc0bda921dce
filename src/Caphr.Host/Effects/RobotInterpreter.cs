using System.Collections.Concurrent;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Robot;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Effects;

/// <summary>What is asked of Robot for one server: who it is, a rescue order, a press of its reset button.</summary>
internal sealed class RobotInterpreter(RobotAccounts accounts, SshKeys keys, EtcdQuorum quorum, TimeProvider clock)
{
    /// <summary>For how long a server that was shut off is taken to be so still.</summary>
    private static readonly TimeSpan s_lookLasts = TimeSpan.FromMinutes(1);

    private static readonly StepProblem s_lookedTooLongAgo = new(
        "PowerStateOld", "The power button would shut down a server that runs, and too long has gone by since this one was seen to be shut off.", Advice.WaitForPerson, TimeSpan.FromSeconds(5));

    /// <summary>Which keys were found stored in which account. A person may delete one, or put another account into the Secret: a refused order forgets it.</summary>
    private readonly ConcurrentDictionary<(ObjectName Account, string Fingerprint), bool> _stored = [];

    public async Task<Heard> LookUpAsync(ServerEffect.LookUpServer effect, CancellationToken cancellation)
    {
        var inventory = await accounts.ReadAsync(effect.Robot.Credentials, RobotLane.Inventory, RobotAsks.Servers, cancellation);
        if (!inventory.TryGet(out var servers, out var problem)) return problem.ToInput(effect.Key);

        var server = servers.FirstOrDefault(candidate => candidate.Number == effect.Key.Server.Value);
        if (server is null)
            return Wait(effect.Key, "ServerNotInAccount", $"Robot's account knows no server {effect.Key.Server}. Correct spec.serverID, or the account's credentials.");
        if (server.Cancelled) return Wait(effect.Key, "ServerCancelled", $"Server {effect.Key.Server} is cancelled at Hetzner, so it is not used.");
        if ((server.Ipv4 ?? server.Ipv6Network) is null) return Wait(effect.Key, "ServerWithoutAddress", $"Robot names no address for server {effect.Key.Server}.");

        // On a server without IPv4 the rescue system and Talos both take the first address of its network.
        var address = server.Ipv4?.ToString() ?? $"{server.Ipv6Network}2";
        var record = new ServerRecord(address, server.Ipv6Network?.ToString(), server.Product, server.Datacenter);
        if (server.Ipv4 is null) return new Heard.ServerFound(effect.Key, record);

        var known = await accounts.ReadAsync(effect.Robot.Credentials, RobotLane.Inventory, RobotAsks.Gateway(server.Ipv4), cancellation);
        return known.TryGet(out var gateway, out problem) ? new Heard.ServerFound(effect.Key, record with { Gateway = gateway?.ToString() }) : problem.ToInput(effect.Key);
    }

    public async Task<Heard> ArmAsync(ServerEffect.ArmRescue effect, Warrant warrant, CancellationToken cancellation)
    {
        var (account, number) = (effect.Robot.Credentials, effect.Key.Server.Value);
        // A node that goes back may go by itself and save the reset, so it does not wait for one.
        if (effect.Purpose is not (Purpose.Install or Purpose.Inspect)) return await OrderAsync(effect, warrant, cancellation);

        var turn = await accounts.SetOutAsync(account, LaneOf(effect.Purpose), number, cancellation);
        if (turn.Failure is { } notYet) return Surely(notYet).ToInput(effect.Key);
        var heard = await OrderAsync(effect, warrant, cancellation);
        if (heard is not Heard.RescueArmed) accounts.EndTurn(account, number);
        return heard;
    }

    private async Task<Heard> OrderAsync(ServerEffect.ArmRescue effect, Warrant warrant, CancellationToken cancellation)
    {
        var key = await keys.ReadAsync(effect.Robot.SshKey, cancellation);
        if (!key.TryGet(out var ssh, out var problem)) return problem.ToInput(effect.Key);
        using (ssh)
        {
            var fingerprint = ssh.Md5Fingerprint;
            var number = effect.Key.Server.Value;
            var lane = LaneOf(effect.Purpose);
            problem = await StoreKeyAsync(effect.Robot.Credentials, lane, fingerprint, ssh.PublicKeyLine, warrant, cancellation);
            if (problem is not null) return problem.ToInput(effect.Key);

            var account = effect.Robot.Credentials;
            var present = await accounts.ReadAsync(account, lane, RobotAsks.Rescue(number), cancellation);
            if (!present.TryGet(out var order, out problem)) return problem.ToInput(effect.Key);
            if (order.Active && order.AuthorizedFingerprints.Contains(fingerprint)) return new Heard.RescueArmed(effect.Key);

            if (order.Active)
            {
                // Somebody else's order, or one with an older key: what Robot does with a second order is not specified.
                var withdrawn = await accounts.ChangeAsync(account, lane, warrant, RobotAsks.DeactivateRescue(number), cancellation);
                if (!withdrawn.TryGet(out _, out problem)) return problem.ToInput(effect.Key);
            }

            var ordered = await accounts.ChangeAsync(account, lane, warrant, RobotAsks.ActivateRescue(number, fingerprint), cancellation);
            if (ordered.TryGet(out _, out problem)) return new Heard.RescueArmed(effect.Key);
            if (problem.Reason != StepProblem.ReasonOf(RobotError.InvalidInput)) return problem.ToInput(effect.Key);
            // Most likely the key is not there any more: the next try looks for it.
            _stored.TryRemove((account, fingerprint), out _);
            return (problem with { Advice = Advice.BackOff }).ToInput(effect.Key);
        }
    }

    public async Task<Heard> PrepareAsync(ServerEffect.PrepareReset effect, Warrant warrant, CancellationToken cancellation)
    {
        // Its own system is to start, and a left-over order would lead it elsewhere.
        if (await WithdrawOrderAsync(effect.Robot, effect.Key.Server, RobotLane.Recover, warrant, cancellation) is { } standing) return Surely(standing).ToInput(effect.Key);
        if (effect.Quorum is { } question && await quorum.WhyNotAsync(question, cancellation) is { } atRisk) return Surely(atRisk).ToInput(effect.Key);
        return new Heard.ResetReady(effect.Key);
    }

    /// <summary>May wait for its turn for minutes. Who hands the server over meanwhile is answered at once, and hears of a call that was sent.</summary>
    public async Task<Heard> PressAsync(ServerEffect.PressReset effect, Warrant warrant, Func<bool> isWanted, CancellationToken cancellation)
    {
        using var press = new Press(cancellation);
        using var handingOver = warrant.OnRevoked(press.Withdraw);
        try
        {
            return await PressAsync(effect, warrant, press, isWanted);
        }
        catch (OperationCanceledException) when (press.IsWithdrawn && !cancellation.IsCancellationRequested)
        {
            return StepProblem.NoWarrant.ToInput(effect.Key);
        }
        finally
        {
            accounts.EndTurn(effect.Robot.Credentials, effect.Key.Server.Value);
        }
    }

    private async Task<Heard> PressAsync(ServerEffect.PressReset effect, Warrant warrant, Press press, Func<bool> isWanted)
    {
        var number = effect.Key.Server.Value;
        var account = effect.Robot.Credentials;
        var lane = LaneOf(effect.Purpose);
        var offered = await accounts.ReadAsync(account, lane, RobotAsks.Reset(number), press.Token);
        if (!offered.TryGet(out var reset, out var problem)) return Surely(problem).ToInput(effect.Key);

        // The reset button does nothing on a server that is shut off; the power button would shut down one that runs.
        var button = reset.OperatingStatus == OperatingStatus.ShutOff && reset.Offers(ResetType.Power) ? ResetType.Power : ResetType.Hardware;
        if (!reset.Offers(button))
            return new Heard.Refused(effect.Key, "ResetNotOffered", $"Robot offers no hardware reset for server {effect.Key.Server}.", Advice.GiveUp);

        var lookedAt = clock.GetUtcNow();
        var pressed = await accounts.ChangeAsync(account, lane, warrant, press.Guard(RobotAsks.Press(number, button)) with { WhyNot = WhyNotAsync }, press.Token);
        return pressed.TryGet(out _, out problem) ? new Heard.ResetPressed(effect.Key) : problem.ToInput(effect.Key);

        // The turn may have been waited for for minutes. What takes longest to ask comes first, and what is asked of nobody else last.
        async Task<StepProblem?> WhyNotAsync(CancellationToken token)
        {
            if (effect.Quorum is { } question && await quorum.WhyNotAsync(question, token) is { } atRisk) return Surely(atRisk);
            var now = clock.GetUtcNow();
            if (button == ResetType.Power && now - lookedAt > s_lookLasts) return s_lookedTooLongAgo;
            if (effect.Claim is { } claim && StepProblem.Unpermitted(effect.Guard, claim, now) is { } unpermitted) return unpermitted;
            if (!isWanted()) return StepProblem.ResetNotWanted;
            return press.TryBegin() ? null : StepProblem.NoWarrant;
        }
    }

    /// <summary>A left-over order would lead the next boot into the rescue system again. Withdrawn only if there is one.</summary>
    public Task<StepProblem?> WithdrawOrderAsync(RobotAccess access, ServerNumber number, Warrant warrant, CancellationToken cancellation) =>
        WithdrawOrderAsync(access, number, RobotLane.Provision, warrant, cancellation);

    private async Task<StepProblem?> WithdrawOrderAsync(RobotAccess access, ServerNumber number, RobotLane lane, Warrant warrant, CancellationToken cancellation)
    {
        var present = await accounts.ReadAsync(access.Credentials, lane, RobotAsks.Rescue(number.Value), cancellation);
        if (!present.TryGet(out var order, out var problem)) return problem;
        if (!order.Active) return null;

        var withdrawn = await accounts.ChangeAsync(access.Credentials, lane, warrant, RobotAsks.DeactivateRescue(number.Value), cancellation);
        return withdrawn.Failure;
    }

    private async Task<StepProblem?> StoreKeyAsync(ObjectName account, RobotLane lane, string fingerprint, string publicKey, Warrant warrant, CancellationToken cancellation)
    {
        if (_stored.ContainsKey((account, fingerprint))) return null;

        var found = await accounts.ReadAsync(account, lane, RobotAsks.Key(fingerprint), cancellation);
        if (!found.TryGet(out var key, out var problem)) return problem;
        if (key is null)
        {
            var created = await accounts.ChangeAsync(account, lane, warrant, RobotAsks.StoreKey($"caphr-{fingerprint[..8]}", publicKey), cancellation);
            if (!created.TryGet(out _, out problem)) return problem;
        }

        _stored.TryAdd((account, fingerprint), true);
        return null;
    }

    /// <summary>To give a server back is to fence it: until the rescue system has taken over, its node may still be at work.</summary>
    private static RobotLane LaneOf(Purpose purpose) => purpose switch
    {
        Purpose.Release => RobotLane.Fence,
        Purpose.Repair or Purpose.Diagnose => RobotLane.Recover,
        Purpose.Install => RobotLane.Provision,
        Purpose.Inspect => RobotLane.Inspect,
    };

    /// <summary>Only looking went wrong here, so nothing was pressed.</summary>
    private static StepProblem Surely(StepProblem problem) => problem.Advice is null ? problem with { Advice = Advice.BackOff } : problem;

    private static Heard.Refused Wait(EffectKey key, string reason, string message) => new(key, reason, message, Advice.WaitForPerson);

    /// <summary>A press is sent or withdrawn, whichever comes first, and never both. One that Robot surely has not carried out waits for another turn, and can be withdrawn again.</summary>
    private sealed class Press(CancellationToken cancellation) : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        private bool _isSent;
        private bool _isOver;
        private bool _isLeaving;

        public CancellationToken Token => _source.Token;

        public bool IsWithdrawn { get; private set; }

        /// <returns>False when it was withdrawn.</returns>
        public bool TryBegin()
        {
            lock (_gate) return _isSent = !_isLeaving;
        }

        public RobotAsk<Done> Guard(RobotAsk<Done> ask) => ask with
        {
            Call = async (robot, token) =>
            {
                var pressed = await ask.Call(robot, token);
                if (pressed.Failure is { Error: RobotError.Maintenance or RobotError.Unreachable }) NotDone();
                return pressed;
            },
        };

        public void Withdraw()
        {
            lock (_gate)
            {
                _isLeaving = true;
                Leave();
            }
        }

        public void Dispose()
        {
            lock (_gate) _isOver = true;
            _source.Dispose();
        }

        private void NotDone()
        {
            lock (_gate)
            {
                _isSent = false;
                Leave();
            }
        }

        private void Leave()
        {
            if (!_isLeaving || _isSent || _isOver) return;
            IsWithdrawn = true;
            _source.Cancel();
        }
    }
}
