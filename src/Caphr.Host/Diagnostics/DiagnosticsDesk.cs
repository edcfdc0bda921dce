using System.Globalization;
using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Control;
using Caphr.Host.Journals;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// Answers what a person asks of a running host. Only reads: actors are looked at from outside or have spoken for themselves, so a question costs the work
/// nothing.
/// </summary>
/// <param name="look">The objects as the watches know them; null before there are watches.</param>
internal sealed class DiagnosticsDesk(ActorSystem system, FleetBoard board, JournalStore journal, Member me, IMemberLeases leases, Func<WorldView?> look)
{
    private readonly JournalReading _reading = new(journal);

    public JournalReading Journal => _reading;

    public Outcome<ActorAnswer, DiagnosticsFailure> Actors(string path)
    {
        var tree = system.Tree();
        return tree.SelfAndDescendants().FirstOrDefault(node => node.Path.Value == path) is { } found
            ? Answer(found)
            : new DiagnosticsFailure(DiagnosticsError.NotFound, $"There is no actor {path}. `caphr actor tree` shows all.");
    }

    public async Task<Outcome<IReadOnlyList<ShardAnswer>, DiagnosticsFailure>> ShardsAsync(CancellationToken cancellation)
    {
        if (!(await _reading.ClaimsAsync(cancellation)).TryGet(out var claims, out var failure)) return failure;
        var here = board.Shards;
        var servers = Numbers().ToLookup(ServerRegion.ShardOf);
        return Outcome<IReadOnlyList<ShardAnswer>, DiagnosticsFailure>.Of(
            [.. claims.Select(claim => new ShardAnswer(claim.Shard, claim.Owner, claim.Epoch, here.Contains(claim.Shard), [.. servers[claim.Shard].Select(number => number.Value).Order()]))]);
    }

    public async Task<Outcome<IReadOnlyList<MemberAnswer>, DiagnosticsFailure>> MembersAsync(CancellationToken cancellation)
    {
        if (!(await _reading.ClaimsAsync(cancellation)).TryGet(out var claims, out var failure)) return failure;
        var listed = await leases.ListAsync(cancellation);
        if (listed.WhyNot is { } why) return new DiagnosticsFailure(DiagnosticsError.Unavailable, $"The leases cannot be listed: {why}");
        var shards = claims.Where(claim => claim.Owner is not null).CountBy(claim => claim.Owner!).ToDictionary();
        return Outcome<IReadOnlyList<MemberAnswer>, DiagnosticsFailure>.Of(
        [
            .. listed.Leases.Select(lease => lease.Member).OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => new MemberAnswer(
                member.Name, member.Name == me.Name, member.Journal == me.Journal, member.Lease.TotalSeconds, shards.GetValueOrDefault(member.Name), Standing(member))),
        ]);
    }

    public async Task<Outcome<IReadOnlyList<ServerLine>, DiagnosticsFailure>> ServersAsync(CancellationToken cancellation)
    {
        if (!(await _reading.ClaimsAsync(cancellation)).TryGet(out var claims, out var failure)) return failure;
        var hosts = Hosts();
        return Outcome<IReadOnlyList<ServerLine>, DiagnosticsFailure>.Of([.. Numbers().Order().Select(number => Line(number, hosts.GetValueOrDefault(number), claims))]);
    }

    public async Task<Outcome<ServerAnswer, DiagnosticsFailure>> ServerAsync(ServerNumber number, CancellationToken cancellation)
    {
        if (!(await _reading.ClaimsAsync(cancellation)).TryGet(out var claims, out var failure)) return failure;
        var host = Hosts().GetValueOrDefault(number);
        var snapshot = board.Servers.GetValueOrDefault(number);
        if (snapshot is null)
        {
            if (!(await _reading.StoryAsync(number, cancellation)).TryGet(out var told, out failure)) return failure;
            if (told.Count == 0 && host is null) return Unknown(number);
            snapshot = new ServerSnapshot(told.Aggregate(ServerLifecycle.Start(number), (state, one) => ServerEvolution.Evolve(state, one.Event)), Note: null);
        }

        var state = snapshot.State;
        return new ServerAnswer(
            number.Value,
            host?.Key.ToString(),
            state.Phase.ToString(),
            state.Since == default ? null : state.Since,
            state.Deadline,
            state.PausedSince,
            OwnerOf(number, claims),
            board.Servers.ContainsKey(number),
            ServerWords.Message(snapshot),
            ServerLifecycle.Outstanding(state) is { } effect ? new EffectAnswer(StoryWords.Spaced(effect.GetType().Name), effect.Key.Step, effect.NotBefore, snapshot.Note?.Text, snapshot.Note?.Fraction) : null,
            ServerFacts.Of(state));
    }

    /// <param name="after">The last sequence that is known already.</param>
    public async Task<Outcome<IReadOnlyList<StoryLine>, DiagnosticsFailure>> StoryAsync(ServerNumber number, long after, CancellationToken cancellation)
    {
        if (!(await _reading.StoryAsync(number, cancellation)).TryGet(out var told, out var failure)) return failure;
        if (told.Count == 0 && !Numbers().Contains(number)) return Unknown(number);
        var state = ServerLifecycle.Start(number);
        var story = new List<StoryLine>();
        ServerEvent? last = null;
        foreach (var (sequence, happened) in told)
        {
            var because = StoryCauses.Of(state, last, happened);
            (state, last) = (ServerEvolution.Evolve(state, happened), happened);
            if (sequence > after)
                story.Add(new StoryLine(sequence, happened.At, state.Phase.ToString(), StoryWords.Cause(happened), StoryWords.Who(happened), StoryWords.Sentence(happened), because));
        }

        return story;
    }

    public IReadOnlyList<RobotAnswer> Robots() =>
    [
        .. board.Robots.Select(report => new RobotAnswer(
            report.Secret.ToString(),
            report.At,
            report.Whole is { } whole ? RobotProblems.Sentence(quota: null, whole) : null,
            report.Calls,
            report.Spared,
            [.. report.Endpoints.Select(one => new QuotaAnswer(one.Name, one.Used, one.Allowance, one.PerHour, one.Closed is { } closed ? RobotProblems.Sentence(one.Name, closed) : null))],
            [.. report.Lanes.Select(lane => new LaneAnswer(lane.Lane.ToString(), lane.Waiting, lane.LongestWait.TotalSeconds, lane.Served))])),
    ];

    /// <param name="kind">hrm, hrh, hrc, or the kind in full.</param>
    /// <param name="nameSpace">Null: wherever there is one of that name, if it is the only one.</param>
    public Outcome<Explanation, DiagnosticsFailure> Explain(string kind, string? nameSpace, string name)
    {
        if (look() is not { } world) return new DiagnosticsFailure(DiagnosticsError.Unavailable, "Kubernetes has not been heard in this process yet.");
        return kind.ToUpperInvariant() switch
        {
            "HRM" or "HETZNERROBOTMACHINE" or "HETZNERROBOTMACHINES" => Only(world.InfraMachines, one => one.Key, one => Explainer.Of(one, world)),
            "HRH" or "HETZNERROBOTHOST" or "HETZNERROBOTHOSTS" => Only([.. world.Hosts, .. world.Doubles], one => one.Key, one => Explainer.Of(one, world)),
            "HRC" or "HETZNERROBOTCLUSTER" or "HETZNERROBOTCLUSTERS" => Only(world.InfraClusters, one => one.Key, one => Explainer.Of(one, world)),
            _ => new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"'{kind}' is no kind that can be explained: ask for hrm (machine), hrh (host) or hrc (cluster)."),
        };

        Outcome<Explanation, DiagnosticsFailure> Only<T>(IReadOnlyList<T> all, Func<T, Protocols.Kubernetes.ObjectKey> key, Func<T, Explanation> explain)
        {
            var named = all.Where(one => key(one).Name == name && (nameSpace is null || key(one).Namespace == nameSpace)).ToList();
            return named switch
            {
                [var one] => explain(one),
                [] => new DiagnosticsFailure(DiagnosticsError.NotFound, $"There is no {kind} {name}{(nameSpace is null ? " in any namespace that is watched" : $" in namespace {nameSpace}")}."),
                _ => new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"There is a {kind} {name} in {string.Join(" and ", named.Select(one => key(one).Namespace))}: say which with --namespace."),
            };
        }
    }

    private static ActorAnswer Answer(ActorNode node) => new(
        node.Path.Value, node.ActorType, node.State, node.Activity, node.MailboxDepth, node.Restarts, node.LastFailure, [.. node.Children.Select(Answer)]);

    private static DiagnosticsFailure Unknown(ServerNumber number) =>
        new(DiagnosticsError.NotFound, $"Server {number} has no HetznerRobotHost that is watched, and nothing in the journal. `caphr server list` shows all.");

    private static string? OwnerOf(ServerNumber number, IReadOnlyList<ShardClaim> claims) => claims[ServerRegion.ShardOf(number)].Owner;

    private string Standing(Member member)
    {
        if (member.Journal != me.Journal) return "It works with another journal.";
        if (member.Name != me.Name) return "";
        return board.WhyNot is { } why ? $"It stands by: {why}" : "It works.";
    }

    private Dictionary<ServerNumber, HetznerRobotHost> Hosts() => look()?.Hosts.ToDictionary(host => new ServerNumber(host.Spec.ServerID)) ?? [];

    private IEnumerable<ServerNumber> Numbers() => Hosts().Keys.Union(board.Servers.Keys);

    private ServerLine Line(ServerNumber number, HetznerRobotHost? host, IReadOnlyList<ShardClaim> claims)
    {
        var owner = OwnerOf(number, claims);
        if (board.Servers.GetValueOrDefault(number) is { } known)
        {
            return new ServerLine(
                number.Value, host?.Key.ToString(), known.State.Phase.ToString(), known.State.Since == default ? null : known.State.Since,
                (known.State as ServerState.Held)?.Plan.Machine.ToString(), owner, Here: true, ServerWords.Message(known));
        }

        var consumer = host?.Spec.ConsumerRef;
        return new ServerLine(
            number.Value, host?.Key.ToString(), host?.Status.Phase ?? "", host?.Status.Since,
            consumer is null ? null : string.Create(CultureInfo.InvariantCulture, $"{consumer.Namespace}/{consumer.Name}"), owner, Here: false, host?.Status.Message ?? "");
    }
}
