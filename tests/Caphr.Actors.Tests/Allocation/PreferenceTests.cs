using Caphr.Actors.Allocation;
using FsCheck;
using FsCheck.Fluent;
using static Caphr.Actors.Tests.Allocation.Pool;

namespace Caphr.Actors.Tests.Allocation;

/// <summary>Which of the servers that would do a Machine gets.</summary>
public sealed class PreferenceTests
{
    [Fact]
    public void A_failure_domain_that_is_required_is_waited_for()
    {
        var machine = Machine("m") with { FailureDomain = "FSN1-DC14" };

        Assert.Equal("No free server for any HetznerRobotHost: 2 not in failure domain FSN1-DC14, 1 held by metal/w-0.", WhyNothing(
            machine, Host(1, domain: "NBG1-DC3"), Host(2, domain: "NBG1-DC3"), Host(3, domain: "FSN1-DC14", takenBy: "metal/w-0")));
        Assert.Equal(4, Given(Allocator.Assign([machine], [Host(1, domain: "NBG1-DC3"), Host(4, domain: "FSN1-DC14")]))["m"]);
    }

    [Fact]
    public void A_server_whose_failure_domain_is_not_known_is_in_none_that_is_required() =>
        Assert.Equal("No free server for any HetznerRobotHost: it is not yet known to Robot.", WhyNothing(Machine("m") with { FailureDomain = "FSN1-DC14" }, Host(1)));

    [Fact]
    public void A_failure_domain_that_is_preferred_is_taken_before_all_else_and_another_if_it_is_full()
    {
        var machine = Machine("m") with { FailureDomain = "FSN1-DC14", TakesOtherDomains = true };

        Assert.Equal(2, Given(Allocator.Assign([machine], [Host(1, domain: "NBG1-DC3"), Host(2, domain: "FSN1-DC14")]))["m"]);
        Assert.Equal(1, Given(Allocator.Assign([machine], [Host(1, domain: "NBG1-DC3"), Host(2, domain: "FSN1-DC14", takenBy: "x")]))["m"]);
    }

    [Fact]
    public void Members_of_a_group_go_where_fewest_of_them_are()
    {
        var machines = Enumerable.Range(0, 2).Select(i => Machine($"m{i}", waits: 9 - i) with { Group = "cp" });

        var given = Given(Allocator.Assign(machines, [Host(1, domain: "a"), Host(2, domain: "a"), Host(3, domain: "b"), Host(4, domain: "c")], [new Placement("cp", "a"), new Placement("other", "b")]));

        Assert.Equal(new() { ["m0"] = 3, ["m1"] = 4 }, given);
    }

    [Fact]
    public void A_group_is_spread_as_evenly_as_the_free_servers_allow() => Prop.ForAll(
        Gen.Choose(1, 9).ToArbitrary(),
        Gen.Choose(0, 4).ListOf(10).ToArbitrary(),
        Gen.Choose(0, 4).ListOf(3).ToArbitrary(),
        (count, domains, members) =>
        {
            var machines = Enumerable.Range(0, count).Select(i => Machine($"m{i}", waits: 100 - i) with { Group = "g" });
            var hosts = domains.Select((domain, i) => Host(i, domain: $"d{domain}")).ToList();

            var granted = Allocator.Assign(machines, hosts, members.Select(domain => new Placement("g", $"d{domain}"))).OfType<Allotment.Granted>().ToList();

            var standing = Enumerable.Range(0, 5).Select(d => members.Count(member => member == d) + granted.Count(one => one.Host.FailureDomain == $"d{d}")).ToList();
            // Whoever went where more stand had no free server where fewer do.
            return granted.All(one => Enumerable.Range(0, 5).All(d =>
                standing[d] + 1 >= standing[one.Host.FailureDomain![1] - '0'] || granted.Count(other => other.Host.FailureDomain == $"d{d}") == domains.Count(domain => domain == d)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_least_worn_server_comes_first_then_those_never_looked_at_then_those_about_to_fail()
    {
        HostOffer[] pool =
        [
            Disk(1, passed: false, used: 0, hours: 0),
            Host(2),
            Disk(3, passed: true, used: 40, hours: 10),
            Disk(4, passed: true, used: 3, hours: 30_000),
            Disk(5, passed: true, used: 3, hours: 20_000),
        ];

        var given = Given(Allocator.Assign(Enumerable.Range(0, 5).Select(i => Machine($"m{i}", waits: 9 - i)), pool));

        Assert.Equal([5, 4, 3, 2, 1], given.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Value));
    }

    [Fact]
    public void The_worst_disk_of_a_server_counts()
    {
        var worn = Disk(1, passed: true, used: 1, hours: 1);
        worn = worn with { Hardware = worn.Hardware with { Disks = [.. worn.Hardware.Disks!, new HostDisk(DiskKind.Nvme, 1, Passed: true, PercentageUsed: 90, PowerOnHours: 1)] } };

        Assert.Equal(2, Given(Allocator.Assign([Machine("m")], [worn, Disk(2, passed: true, used: 50, hours: 50_000)]))["m"]);
    }

    [Fact]
    public void Where_all_else_is_equal_the_lowest_number_is_taken() => Assert.Equal(3, Given(Allocator.Assign([Machine("m")], [Host(9), Host(3), Host(5)]))["m"]);

    private static HostOffer Disk(int number, bool passed, int used, long hours) =>
        Host(number) with { Hardware = new HostHardware { Disks = [new HostDisk(DiskKind.Nvme, 512_000_000_000, passed, used, hours)] } };
}
