using System.Globalization;
using System.Text;
using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Actors.Tests;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>
/// Watches the world and never touches it: the ledger of the datacenter, Robot's own list of requests, every version of every object, every append. The
/// rules are held against what happened there, not against what a controller says of itself.
/// </summary>
internal sealed class Observers
{
    private const int ResetsAnHour = 50;

    // A watch that works brings news within a second; what is under way may end.
    private static readonly TimeSpan s_newsTravel = TimeSpan.FromSeconds(60);

    private readonly SimulatedWorld _world;
    private readonly Dictionary<int, int> _resetIntents = [];
    private readonly Dictionary<int, int> _resets = [];
    private readonly Dictionary<int, TimeSpan> _lastReset = [];
    private readonly Dictionary<int, Purpose> _purposes = [];
    private readonly Queue<TimeSpan> _resetsOfHour = [];
    private readonly Dictionary<string, string> _serversOfClaims = new(StringComparer.Ordinal);
    private readonly RescueBoots _boots = new();
    private readonly DiskBook _disks = new();
    private readonly HashSet<int> _configured = [];
    private readonly HashSet<int> _touchedByPerson = [];
    private readonly Dictionary<int, ServerState> _states = [];
    private readonly HashSet<string> _wrongLogins = new(StringComparer.Ordinal);
    private readonly HashSet<(ControllerProcess Process, string Login)> _rejected = [];
    private readonly HashSet<int> _intendedAtRest = [];
    private TimeSpan? _pausedSince;

    public Observers(SimulatedWorld world)
    {
        _world = world;
        Trace = new Trace(world.Clock);
        Mirror = new Mirror(world.Api.Store, Trace);
        world.Lab.Ledger.Written += Hear;
        // Keys are made by chance that no seed decides; nothing but their own names follows from them.
        world.Robot.Recorded += request => Trace.Write($"robot {request.Method} {(request.Template == "/key/{fingerprint}" ? request.Template : request.Path)} {request.Status}");
        world.Database.Appended += Hear;
        world.Logs.Broke += (text, bug) => Break("no bug strikes", $"{text} {bug}");
        Mirror.HostChanged += Hear;
        Mirror.MachineChanged += Hear;
        Mirror.MachineGone += HearEnd;
        Mirror.PauseChanged += paused => _pausedSince = paused ? world.Clock.Elapsed : null;
    }

    /// <summary>Where a server stands after each append.</summary>
    public event Action<int, ServerState>? Moved;

    public Trace Trace { get; }

    public Mirror Mirror { get; }

    /// <summary>What went on, for coverage: phases in which each kind of trouble struck.</summary>
    public Coverage Coverage { get; } = new();

    /// <summary>The first one; what follows from it says nothing new.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Ways of servers from a claim to a node, and back.</summary>
    public int Lives { get; private set; }

    /// <summary>Where a server stands by the journal.</summary>
    public string PhaseOf(int server) => (_states.GetValueOrDefault(server)?.Phase ?? ServerPhase.Registered).ToString();

    public IEnumerable<string> Phases => _world.Lab.Servers.Select(server => PhaseOf(server.Number));

    public void Note(string what)
    {
        Trace.Write(what);
        _world.Logs.Say("world", what);
    }

    /// <summary>Somebody put data on a disk that is not ours to destroy.</summary>
    public void DiskIsForeign(LabDisk disk) => _disks.Give(disk);

    /// <summary>A person has asked for something to be done to a server, so that it is done is no surprise.</summary>
    public void PersonWants(int server) => _touchedByPerson.Add(server);

    /// <summary>Robot has never heard of it.</summary>
    public void PasswordIsWrong(string password) => _wrongLogins.Add($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"robot:{password}"))}");

    /// <summary>News of a pause cannot have travelled while the way to the API server was not whole.</summary>
    public void WayWasNotWhole() => _pausedSince = _pausedSince is null ? null : _world.Clock.Elapsed;

    public string? OwnerOf(int server) => ClaimOf(server).Owner;

    public void RobotCalled(ControllerProcess process, LabRobotCall call)
    {
        // Robot shuts out an address after three wrong logins, and everything that address has to do with it.
        if (call.Authorization is { } login && _rejected.Contains((process, login))) Break("a rejected login is not tried again", $"{process.Name} was told that its password is wrong, and sends {call.Method} {call.Target} with it.");
        if (call.Method == HttpMethod.Get || call.Target.Split('/') is not [_, "reset", var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var server)) return;
        MustOwn(process, server, $"{call.Method} {call.Target}");
        MustNotRest(process, server, $"{call.Method} {call.Target}");
    }

    /// <summary>The answer has arrived in the process: whoever was not told that a password is wrong may try it once more.</summary>
    public void LoginRejected(ControllerProcess process, LabRobotCall call)
    {
        if (call.Authorization is { } login && _wrongLogins.Contains(login)) _rejected.Add((process, login));
    }

    public void ServerCalled(ControllerProcess process, LabServer server, string what)
    {
        var verb = what.Split(' ', '/')[^1];
        _boots.Ask(server, verb);
        if (verb is "install" or "wipe")
        {
            MustOwn(process, server.Number, verb);
            MustNotRest(process, server.Number, verb);
            if (_boots.WasLeft(server)) Break("what was left is not gone back to", $"{process.Name} sends {verb} to the rescue system of server {server.Number} that was there before the last reset was decided on.");
            if (server.Running is RunningSystem.Rescue && !_boots.IsProven(server))
                Break("no disk is written without proof", $"{process.Name} sends {verb} to server {server.Number}, whose rescue system it has not proven in this boot.");
        }

        if (verb is not ("ApplyConfiguration" or "Reset")) return;
        MustOwn(process, server.Number, verb);
        MustNotRest(process, server.Number, verb);
    }

    /// <summary>What can only be seen at the end.</summary>
    public void Finish()
    {
        Mirror.CatchUp();
        foreach (var (actor, sequence) in _world.Database.Acknowledged)
        {
            var history = _world.Database.Journal.ReadAsync(actor, CancellationToken.None).Ended().Value;
            if (history.LastSequence < sequence) Break("no event is lost", $"{actor} was told that {sequence} events are safe, and {history.LastSequence} are there.");
            try
            {
                Replay(history);
            }
            catch (Exception bug) when (bug is InvalidOperationException or System.Diagnostics.UnreachableException)
            {
                Break("no event is out of order", $"{actor} cannot be replayed: {bug.Message}");
            }
        }

        if (SecretHunt.Find(_world) is { } leak) Break("no secret is shown", leak);
    }

    private static void Replay(ActorHistory history)
    {
        if (history.Snapshot is null && ServerActor.NumberOf(history.PersistenceId) is { } number)
            _ = history.Events.Aggregate(ServerLifecycle.Start(number), (state, record) => ServerEvolution.Evolve(state, ServerEvents.Codec.Decode(record.Entry)));
    }

    private void MustOwn(ControllerProcess process, int server, string what)
    {
        var claim = ClaimOf(server);
        if (claim.Owner != process.Member) Break("only its owner acts on a server", $"{process.Name} sends {what} to server {server}, whose shard is {claim.Owner ?? "nobody"}'s in epoch {claim.Epoch}.");
    }

    /// <summary>What was under way before a pause comes to its end, and that end may be an intent. It waits until work goes on.</summary>
    private void MustNotRest(ControllerProcess process, int server, string what)
    {
        if (_intendedAtRest.Contains(server)) Break("nothing begins while paused", $"{process.Name} sends {what} to server {server}, which was decided on in a pause and is not to begin before its end.");
    }

    private ShardClaim ClaimOf(int server) =>
        _world.Database.Journal.ReadClaimsAsync(CancellationToken.None).Ended().Value[ServerRegion.ShardOf(new ServerNumber(server))];

    private void Hear(LedgerEntry entry)
    {
        Trace.Write(string.Create(CultureInfo.InvariantCulture, $"server {entry.Server} {entry.Fact} {entry.Detail}"));
        Mirror.CatchUp();
        switch (entry.Fact)
        {
            case Fact.ResetPressed:
                Pressed(entry.Server);
                MustNotRun(entry);
                break;
            case Fact.DiskWriteStarted or Fact.DiskWiped:
                if (_disks.IsSomebodys(entry)) Break("nobody's data is destroyed", $"server {entry.Server}: {entry.Fact} {entry.Detail}.");
                if (Mirror.HostOf(entry.Server)?.Spec.ConsumerRef is null) Break("no disk is written without a claim", $"server {entry.Server}: {entry.Fact} {entry.Detail}, and no machine has claimed it.");
                MustNotRun(entry);
                if (entry.Fact == Fact.DiskWriteStarted) _configured.Remove(entry.Server);
                if (_disks.Exceeds(entry) is { } excess) Break("no disk is written without an intent", excess);
                break;
            case Fact.TalosReset or Fact.RebootedInBand:
                MustNotRun(entry);
                break;
            case Fact.ConfigurationApplied:
                _configured.Add(entry.Server);
                break;
        }

        _disks.Hear(entry, _world.Lab.Find(entry.Server)!);
    }

    private void Pressed(int server)
    {
        var now = _world.Clock.Elapsed;
        _resets[server] = _resets.GetValueOrDefault(server) + 1;
        if (_resets[server] > _resetIntents.GetValueOrDefault(server)) Break("no reset without an intent", $"server {server} was reset {_resets[server]} times for {_resetIntents.GetValueOrDefault(server)} intents in the journal.");
        if (_lastReset.TryGetValue(server, out var last) && now - last < Limits.LeastBoot) Break("no reset within a boot", $"server {server} was reset {(now - last).TotalSeconds:0} s after the last time.");
        _lastReset[server] = now;
        _resetsOfHour.Enqueue(now);
        while (_resetsOfHour.Peek() < now - TimeSpan.FromHours(1)) _resetsOfHour.Dequeue();
        if (_resetsOfHour.Count > ResetsAnHour) Break("no reset above the quota", $"{_resetsOfHour.Count} resets within an hour.");
    }

    /// <summary>A node that was proven belongs to its workload: only who has a reason may touch it.</summary>
    private void MustNotRun(LedgerEntry entry)
    {
        if (PhaseOf(entry.Server) != nameof(ServerPhase.Provisioned) || _touchedByPerson.Contains(entry.Server)) return;
        if (Mirror.Consumer(Mirror.HostOf(entry.Server)) is not { } machine || machine.Metadata.BeingDeleted || Mirror.OwnerOf(machine)?.Metadata.BeingDeleted == true || Mirror.WasRemediated(machine)) return;
        Break("a node that runs is left alone", $"server {entry.Server}, the node of {machine.Metadata.Name}: {entry.Fact} {entry.Detail}.");
    }

    private void Hear(JournalAppend append)
    {
        foreach (var entry in append.Entries) Trace.Write($"journal {append.PersistenceId} {append.ExpectedSequence} {entry.Manifest}");
        if (ServerActor.NumberOf(append.PersistenceId) is not { } number) return;
        var claim = ClaimOf(number.Value);
        if (claim.Epoch != append.Epoch) Break("only its owner writes of a server", $"{append.PersistenceId} grew under epoch {append.Epoch} of its shard, which is {claim.Owner ?? "nobody"}'s in epoch {claim.Epoch}.");
        List<ServerEvent> events = [.. append.Entries.Select(ServerEvents.Codec.Decode)];
        var after = events.Aggregate(_states.GetValueOrDefault(number.Value) ?? ServerLifecycle.Start(number), ServerEvolution.Evolve);
        foreach (var @event in events)
        {
            Coverage.Event(@event);
            if (@event is ServerEvent.ClaimAccepted or ServerEvent.RetryAsked or ServerEvent.Released) Lives++;
            if (@event is ServerEvent.ResetIntended) _resetIntents[number.Value] = _resetIntents.GetValueOrDefault(number.Value) + 1;
            _disks.Hear(number.Value, @event);
            _boots.Hear(_world.Lab.Find(number.Value)!, @event);
            if (EndsBoot(number.Value, @event)) _lastReset.Remove(number.Value);
            if (@event is ServerEvent.WorkResumed) _intendedAtRest.Remove(number.Value);
            if (!IsIntent(@event)) continue;
            if (after.PausedSince is not null) _intendedAtRest.Add(number.Value);
            else MustNotBePaused(number.Value, @event);
        }

        _states[number.Value] = after;
        Coverage.Phase(PhaseOf(number.Value));
        Moved?.Invoke(number.Value, after);
    }

    /// <summary>Something was seen to have booted, or the server is wanted for something else: then the reset before this says nothing about the next one.</summary>
    private bool EndsBoot(int server, ServerEvent @event)
    {
        if (@event is ServerEvent.RescueIntended { Purpose: var purpose })
        {
            var isAnother = _purposes.GetValueOrDefault(server, purpose) != purpose;
            _purposes[server] = purpose;
            return isAnother;
        }

        return @event is ServerEvent.ClaimAccepted or ServerEvent.RetryAsked or ServerEvent.Released or ServerEvent.RepairBegun or ServerEvent.RepairEnded
            or ServerEvent.RescueReached or ServerEvent.MaintenanceReached or ServerEvent.NodeProven or ServerEvent.NodeReturned;
    }

    private static bool IsIntent(ServerEvent @event) => @event is ServerEvent.ResetIntended or ServerEvent.InstallIntended or ServerEvent.WipeIntended or ServerEvent.DismissalIntended or ServerEvent.RepairBegun or ServerEvent.RescueIntended;

    private void MustNotBePaused(int server, ServerEvent @event)
    {
        Mirror.CatchUp();
        if (_world.Processes.Any(process => !process.HearsNews)) return;
        if (_pausedSince is { } since && _world.Clock.Elapsed - since > s_newsTravel && Mirror.HostOf(server)?.Spec.ConsumerRef is not null)
            Break("nothing begins while paused", $"server {server}: {@event.GetType().Name}, {(_world.Clock.Elapsed - since).TotalSeconds:0} s into a pause.");
    }

    private void Hear(HetznerRobotHost? before, HetznerRobotHost after)
    {
        if (before?.Spec.ConsumerRef is { } old && after.Spec.ConsumerRef is { } now && old.Uid != now.Uid) Break("a claim ends before another begins", $"{after.Metadata.Name} went from {old.Name} to {now.Name}.");
        var name = after.Metadata.Name;
        foreach (var (claimant, host) in _serversOfClaims.Where(one => one.Value == name).ToList())
        {
            if (after.Spec.ConsumerRef?.Uid != claimant) _serversOfClaims.Remove(claimant);
        }

        if (after.Spec.ConsumerRef is { } consumer && !_serversOfClaims.TryAdd(consumer.Uid, name) && _serversOfClaims[consumer.Uid] != name)
            Break("a machine has one server", $"{consumer.Name} has {_serversOfClaims[consumer.Uid]} and {name}.");
        if (IsFreed(before, after) && _world.Lab.Find(after.Spec.ServerID)?.FindDisk(_disks.HoldsOurs) is { } disk)
            Break("what is called free is blank", $"{name} is shown as Available, and its disk {disk.Serial} still holds what was written to it.");
    }

    /// <summary>By what is shown, or by a claim that ends without a quarantine. What a person has accepted is theirs to know.</summary>
    private bool IsFreed(HetznerRobotHost? before, HetznerRobotHost after) =>
        (before?.Status.Phase == nameof(ServerPhase.Releasing) && after.Status.Phase == nameof(ServerPhase.Available))
        || (before?.Spec.ConsumerRef is not null && after.Spec.ConsumerRef is null && PhaseOf(after.Spec.ServerID) == nameof(ServerPhase.Available) && !_touchedByPerson.Contains(after.Spec.ServerID));

    private void Hear(HetznerRobotMachine? before, HetznerRobotMachine after)
    {
        if (after.Status.Initialization?.Provisioned != true || before?.Status.Initialization?.Provisioned == true) return;
        var host = Mirror.Hosts.FirstOrDefault(one => one.Metadata.Name == after.Status.HostRef?.Name);
        if (host is null || !_configured.Contains(host.Spec.ServerID)) Break("status claims what is so", $"{after.Metadata.Name} is shown as provisioned on {host?.Metadata.Name ?? "no server"}, which was never configured.");
    }

    private void HearEnd(HetznerRobotMachine machine)
    {
        if (Mirror.Hosts.FirstOrDefault(host => Mirror.IsClaimedBy(host, machine)) is { } host)
            Break("a machine stays until its server is given back", $"{machine.Metadata.Name} is gone, and {host.Metadata.Name} is still claimed by it.");
    }

    private void Break(string rule, string what) => Violation ??= new Violation(rule, what);
}
