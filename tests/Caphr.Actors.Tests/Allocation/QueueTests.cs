using Caphr.Actors.Allocation;
using FsCheck;
using FsCheck.Fluent;
using static Caphr.Actors.Tests.Allocation.Pool;

namespace Caphr.Actors.Tests.Allocation;

/// <summary>Who is served when there is not enough for all.</summary>
public sealed class QueueTests
{
    /// <summary>What goes wrong where classes pass servers on takes an unlikely order of them.</summary>
    private static readonly Config s_many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly string[] s_roles = ["a", "b", "c", "d"];

    /// <summary>Machines by age that each can use the servers of some roles or one named server; servers of one role each, some held by others.</summary>
    private static readonly Arbitrary<Scene> s_scenes = (
        from machines in Gen.Choose(0, 7).SelectMany(count => Gen.Choose(0, 19).ListOf(count))
        from hosts in Gen.Choose(0, 7).SelectMany(count => Gen.Choose(0, 5).ListOf(count))
        from order in Gen.Shuffle(Enumerable.Range(0, machines.Count))
        select new Scene([.. machines], [.. hosts], [.. order])).ToArbitrary();

    [Fact]
    public void Nobody_gets_nothing_while_there_is_a_way_to_serve_him_and_everybody_served_before_him() => Check.One(s_many, Prop.ForAll(s_scenes, scene =>
    {
        var given = Given(scene.Assign());
        List<WaitingMachine> before = [];
        foreach (var machine in scene.Queue)
        {
            var wasServed = given.ContainsKey(machine.Machine.Name);
            if (wasServed != CanAllBeServed([.. before, machine], scene.Hosts)) return false;
            if (wasServed) before.Add(machine);
        }

        return true;
    }));

    [Fact]
    public void No_waiting_Machine_gets_nothing_while_an_assignment_of_the_pool_serves_it_and_everybody_older() => Check.One(s_many, Prop.ForAll(s_scenes, scene =>
    {
        // Of those that name no host: who names one comes before all others, whatever their age.
        var byAge = scene.Machines.Where(machine => machine.HostRef is null).OrderBy(machine => machine.Since).ToList();
        var given = Given(Allocator.Assign(byAge, scene.Hosts));
        return byAge.Select((machine, i) => (machine, Older: byAge[..(i + 1)])).All(one => given.ContainsKey(one.machine.Machine.Name) || !CanAllBeServed(one.Older, scene.Hosts));
    }));

    [Fact]
    public void In_the_order_of_the_queue_each_gets_the_best_server_that_leaves_enough_for_all_who_are_served() => Check.One(s_many, Prop.ForAll(s_scenes, scene =>
    {
        var granted = scene.Assign().OfType<Allotment.Granted>().ToList();
        var left = scene.Hosts.ToList();
        foreach (var (i, one) in granted.Index())
        {
            var behind = granted.Skip(i + 1).Select(other => other.For).ToList();
            var best = left.First(host => host.TakenBy is null && Uses(one.For, host) && CanAllBeServed(behind, [.. left.Where(other => other != host)]));
            if (one.Host != best) return false;
            left.Remove(best);
        }

        return true;
    }));

    [Fact]
    public void Nobody_gets_a_server_that_he_cannot_use_or_that_another_has() => Check.One(s_many, Prop.ForAll(s_scenes, scene =>
    {
        var granted = scene.Assign().OfType<Allotment.Granted>().ToList();
        return granted.TrueForAll(one => one.Host.TakenBy is null && Uses(one.For, one.Host)) && granted.Select(one => one.Host.Number).Distinct().Count() == granted.Count;
    }));

    [Fact]
    public void The_same_objects_in_another_order_give_the_same_choice() => Check.One(s_many, Prop.ForAll(s_scenes, scene =>
    {
        var shuffled = Given(Allocator.Assign(scene.Order.Select(i => scene.Machines[i]), scene.Hosts.Reverse()));
        return Given(scene.Assign()).OrderBy(one => one.Key).SequenceEqual(shuffled.OrderBy(one => one.Key));
    }));

    [Fact]
    public void Who_waits_longer_passes_a_server_on_where_another_does_for_it_too()
    {
        // Three in a row: each has to move for the next.
        var allotments = Allocator.Assign(
            [OneOf("first", 9, "a", "b"), OneOf("second", 8, "b", "c"), OneOf("third", 7, "c", "a"), OneOf("particular", 1, "a")],
            [Host(1, "a"), Host(2, "b"), Host(3, "c"), Host(4, "c")]);

        Assert.Equal(new() { ["first"] = 2, ["second"] = 3, ["third"] = 4, ["particular"] = 1 }, Given(allotments));
    }

    [Fact]
    public void Who_waits_longer_keeps_the_last_server_that_it_can_use_from_the_more_particular()
    {
        var given = Given(Allocator.Assign([Machine("any", waits: 9), Machine("particular", waits: 1, role: "a")], [Host(1, "a")]));

        Assert.Equal("any", Assert.Single(given).Key);
    }

    private static WaitingMachine OneOf(string name, int waits, params string[] roles) =>
        Machine(name, waits) with { Selector = new HostSelector(new Dictionary<string, string>(), [new LabelRule("role", LabelOperator.In, roles)]) };

    private static bool Uses(WaitingMachine machine, HostOffer host) =>
        machine.HostRef is { } name ? name == host.Host.Name : machine.Selector!.MatchExpressions[0].Values.Contains(host.Labels["role"]);

    /// <summary>By trying, so that it has nothing in common with what it is held against.</summary>
    private static bool CanAllBeServed(IReadOnlyList<WaitingMachine> machines, IReadOnlyList<HostOffer> hosts) =>
        machines.Count == 0 || hosts.Any(host => host.TakenBy is null && Uses(machines[0], host) && CanAllBeServed([.. machines.Skip(1)], [.. hosts.Where(other => other != host)]));

    /// <param name="Kinds">Of the Machines, the oldest first: one of the sets of roles, or above those the number of a host that is named.</param>
    /// <param name="Order">Another order of the Machines.</param>
    public sealed record Scene(IReadOnlyList<int> Kinds, IReadOnlyList<int> Roles, IReadOnlyList<int> Order)
    {
        internal IReadOnlyList<WaitingMachine> Machines { get; } = [.. Kinds.Select((kind, i) => kind < 16
            ? OneOf($"m{i}", 100 - i, [.. s_roles.Where((_, role) => (kind & (1 << role)) != 0)])
            : Machine($"m{i}", 100 - i, hostRef: $"node{kind - 16}"))];

        internal IReadOnlyList<HostOffer> Hosts { get; } = [.. Roles.Select((role, i) => Host(i, s_roles[role % 4], takenBy: role > 4 ? "metal/x" : null))];

        internal IEnumerable<WaitingMachine> Queue => Machines.Where(machine => machine.HostRef is not null).Concat(Machines.Where(machine => machine.HostRef is null));

        internal IReadOnlyList<Allotment> Assign() => Allocator.Assign(Machines, Hosts);
    }
}
