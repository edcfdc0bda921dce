using System.CommandLine;
using System.Globalization;
using Caphr.Host.Diagnostics;

namespace Caphr.Host.Cli;

/// <summary><c>caphr shard list</c>, <c>caphr member list</c> and <c>caphr robot budget</c>: what the replicas share.</summary>
internal static class FleetCommands
{
    public static IEnumerable<Command> Create(TimeProvider clock) =>
    [
        new Command("shard", "Look at the shards.") { HostVerb.Create<IReadOnlyList<ShardAnswer>>("list", "List who works which shard.", clock, _ => "shards", Shards) },
        new Command("member", "Look at the replicas.") { HostVerb.Create<IReadOnlyList<MemberAnswer>>("list", "List the replicas that hold a Lease.", clock, _ => "members", Members) },
        new Command("robot", "Look at the Robot accounts.") { HostVerb.Create<IReadOnlyList<RobotAnswer>>("budget", "Show what was used of Robot's quotas, and who waits.", clock, _ => "robot", Robot) },
    ];

    private static void Shards(Screen screen, IReadOnlyList<ShardAnswer> shards) => screen.Table(
        ["SHARD", "EPOCH", "OWNER", "HERE", "SERVERS"],
        shards.Select(shard => (IReadOnlyList<Cell>)
        [
            Number(shard.Shard), Number(shard.Epoch), shard.Owner is null ? new Cell("nobody", Tone.Bad) : shard.Owner, shard.Here ? "yes" : "", string.Join(' ', shard.Servers.Select(one => Number(one))),
        ]));

    private static void Members(Screen screen, IReadOnlyList<MemberAnswer> members) => screen.Table(
        ["REPLICA", "SHARDS", "LEASE", "JOURNAL", "SAYS"],
        members.Select(member => (IReadOnlyList<Cell>)
        [
            member.IsMe ? $"{member.Name} (this)" : member.Name, Number(member.Shards), string.Create(CultureInfo.InvariantCulture, $"{member.LeaseSeconds:0}s"),
            member.SharesJournal ? "shared" : new Cell("another", Tone.Bad), member.Says,
        ]));

    private static void Robot(Screen screen, IReadOnlyList<RobotAnswer> accounts)
    {
        if (accounts.Count == 0) screen.Say("No Robot account was asked by this replica yet.");
        foreach (var account in accounts)
        {
            screen.Facts(
            [
                ("account", account.Account),
                ("as of", $"{screen.Ago(account.At)} ago"),
                ("calls", string.Create(CultureInfo.InvariantCulture, $"{account.Calls}, and {account.Spared} questions that needed none")),
                ("closed", account.Closed),
            ]);
            screen.Say("");
            screen.Table(
                ["ENDPOINT", "USED", "ALLOWED", "AN HOUR", "CLOSED"],
                account.Quotas.Select(quota => (IReadOnlyList<Cell>)
                [
                    quota.Endpoint, new Cell(Number(quota.Used), quota.Used >= quota.Allowance ? Tone.Bad : Tone.Plain), Number(quota.Allowance), Number(quota.PerHour), new Cell(quota.Closed ?? "", Tone.Bad),
                ]));
            screen.Say("");
            screen.Table(
                ["LANE", "WAITING", "LONGEST WAIT", "SERVED"],
                account.Lanes.Select(lane => (IReadOnlyList<Cell>)[lane.Lane, Number(lane.Waiting), string.Create(CultureInfo.InvariantCulture, $"{lane.LongestWaitSeconds:0}s"), Number(lane.Served)]));
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
