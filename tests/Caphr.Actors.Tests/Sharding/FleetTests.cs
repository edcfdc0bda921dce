using Caphr.Actors.Journal;

namespace Caphr.Actors.Tests.Sharding;

/// <summary>Several replicas over a bad network and on bad days, on a virtual clock: who works what, and who acts when.</summary>
public sealed class FleetTests
{
    private static void AllWorked(Fleet fleet, params Fleet.Replica[] by)
    {
        Assert.Empty(fleet.Wrongs);
        var claims = fleet.Claims();
        Assert.Equal(by.Select(replica => replica.Name).Order(), claims.Select(claim => claim.Owner).Distinct().Order());
        Assert.All(by, replica => Assert.Equal(claims.Where(claim => claim.Owner == replica.Name).Select(claim => claim.Shard).Order(), replica.Open.Order()));
    }

    [Fact]
    public void One_replica_works_all_shards_at_once()
    {
        var fleet = new Fleet(seed: 1);
        var only = fleet.Start();

        fleet.Pass(2);

        AllWorked(fleet, only);
        Assert.Equal(Shards.Count, only.Open.Count);
        Assert.Null(only.Standings[^1].WhyNot);
    }

    [Fact]
    public void Replicas_that_join_get_their_share_and_those_that_leave_hand_it_back()
    {
        var fleet = new Fleet(seed: 1);
        var first = fleet.Start();
        fleet.Pass(5);
        var second = fleet.Start();
        var third = fleet.Start();

        fleet.Pass(8);
        AllWorked(fleet, first, second, third);

        second.Leave();
        Assert.True(fleet.World.RunUntil(() => second.HasLeft, TimeSpan.FromSeconds(5)));
        // Nobody waits for a lease to run out.
        fleet.Pass(3);
        AllWorked(fleet, first, third);
        Assert.DoesNotContain(second.Name, fleet.LeasesOf());
    }

    [Fact]
    public void The_shards_of_a_killed_replica_are_taken_when_its_lease_has_run_out_and_not_before()
    {
        var fleet = new Fleet(seed: 1);
        var (first, second) = (fleet.Start(), fleet.Start());
        fleet.Pass(10);
        var ofSecond = second.Open.ToList();
        Assert.NotEmpty(ofSecond);

        second.Process.Freeze();
        fleet.Pass(12);
        Assert.DoesNotContain(first.Open, ofSecond.Contains);

        fleet.Pass(8);
        Assert.Equal(Shards.Count, first.Open.Count);
        Assert.DoesNotContain(second.Name, fleet.LeasesOf());
        Assert.Empty(fleet.Wrongs);
    }

    [Fact]
    public void A_replica_that_wakes_up_after_its_lease_acts_no_more_for_what_it_had_and_takes_part_again()
    {
        var fleet = new Fleet(seed: 1);
        var (first, second) = (fleet.Start(), fleet.Start());
        fleet.Pass(10);

        second.Process.Freeze();
        fleet.Pass(40);
        second.Process.Thaw();
        fleet.Pass(20);

        AllWorked(fleet, first, second);
        Assert.Contains(second.Standings, standing => standing.WhyNot is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replica_that_loses_the_database_or_Kubernetes_stops_says_why_and_comes_back_by_itself(bool database)
    {
        var fleet = new Fleet(seed: 1);
        var (first, second) = (fleet.Start(), fleet.Start());
        fleet.Pass(10);

        if (database) second.HasDatabase = false;
        else second.HasKubernetes = false;
        fleet.Pass(11);
        Assert.Empty(second.Open);
        Assert.Contains(database ? "claims cannot be read" : "lease cannot be renewed", second.Standings[^1].WhyNot, StringComparison.Ordinal);

        fleet.Pass(12);
        Assert.Equal(Shards.Count, first.Open.Count);

        second.HasDatabase = second.HasKubernetes = true;
        fleet.Pass(10);
        AllWorked(fleet, first, second);
        Assert.Null(second.Standings[^1].WhyNot);
    }

    [Fact]
    public void An_outage_shorter_than_the_lease_stops_nobody()
    {
        var fleet = new Fleet(seed: 1);
        var only = fleet.Start();
        fleet.Pass(10);
        var epochs = fleet.Claims();

        only.HasKubernetes = only.HasDatabase = false;
        fleet.Pass(6);
        only.HasKubernetes = only.HasDatabase = true;
        fleet.Pass(10);

        Assert.Equal(epochs, fleet.Claims());
        AllWorked(fleet, only);
    }

    [Fact]
    public void A_lease_removed_by_hand_does_no_harm()
    {
        var fleet = new Fleet(seed: 1);
        var (first, second) = (fleet.Start(), fleet.Start());
        fleet.Pass(10);

        fleet.RemoveLease(second);
        fleet.Pass(20);

        AllWorked(fleet, first, second);
    }

    [Fact]
    public void A_claim_answered_in_a_later_standing_opens_nothing()
    {
        var fleet = new Fleet(seed: 1);
        var first = fleet.Start();
        first.AnswersHeld = new TaskCompletionSource();
        fleet.Pass(2);
        Assert.Equal(first.Name, fleet.Claims()[0].Owner);
        first.HasKubernetes = false;
        var second = fleet.Start();
        fleet.Pass(30);
        Assert.Equal(Shards.Count, second.Open.Count);

        first.HasKubernetes = true;
        Assert.True(fleet.World.RunUntil(() => first.Standings.Count > 2 && first.Standings[^1].WhyNot is null, TimeSpan.FromSeconds(10)));
        first.Process.Run(first.AnswersHeld.SetResult);
        first.AnswersHeld = null;
        fleet.World.RunUntilIdle();

        Assert.Empty(first.Open);
        fleet.Pass(20);
        AllWorked(fleet, first, second);
    }

    [Fact]
    public void A_replica_that_cannot_work_yet_leaves_the_servers_to_those_who_can()
    {
        var fleet = new Fleet(seed: 1);
        var first = fleet.Start();
        var ready = new TaskCompletionSource();
        var second = fleet.Start(ready: ready.Task);
        fleet.Pass(20);
        Assert.Equal(Shards.Count, first.Open.Count);
        Assert.DoesNotContain(second.Name, fleet.LeasesOf());

        ready.SetResult();
        fleet.Pass(10);
        AllWorked(fleet, first, second);
    }

    [Fact]
    public void A_replica_whose_database_went_back_in_time_begins_anew()
    {
        var fleet = new Fleet(seed: 1);
        var only = fleet.Start();
        fleet.Pass(10);

        fleet.GoBackInTime();
        fleet.Pass(20);

        Assert.Equal(Shards.Count, only.Open.Count);
        Assert.All(fleet.Claims(), claim => Assert.Equal((only.Name, 1), (claim.Owner, claim.Epoch)));
    }

    [Fact]
    public void A_process_that_owns_its_journal_alone_waits_for_no_former_owner()
    {
        var fleet = new Fleet(seed: 1);
        var killed = fleet.Start(ownsJournal: true);
        fleet.Pass(5);
        killed.Process.Freeze();

        var next = fleet.Start(ownsJournal: true);
        fleet.Pass(2);

        Assert.Equal(Shards.Count, next.Open.Count);
    }

    [Fact]
    public void A_replica_with_another_journal_stands_by_and_says_why()
    {
        var fleet = new Fleet(seed: 1);
        var first = fleet.Start("journal of the first", ownsJournal: true);
        fleet.Pass(5);

        var second = fleet.Start("journal of the second", ownsJournal: true);
        fleet.Pass(30);

        Assert.Empty(second.Open);
        Assert.Contains("another journal", second.Standings[^1].WhyNot, StringComparison.Ordinal);
        Assert.Equal(Shards.Count, first.Open.Count);
    }

    /// <summary>The property that everything rests on, under freezes, kills, outages, lost leases and restarts at random moments.</summary>
    [Fact]
    public void No_deed_is_ever_done_under_a_claim_that_somebody_else_has_replaced()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var fleet = new Fleet(seed);
            var random = new Random(seed);
            List<Fleet.Replica> alive = [fleet.Start(), fleet.Start(), fleet.Start()];
            List<Fleet.Replica> frozen = [];
            for (var trouble = 0; trouble < 25; trouble++)
            {
                fleet.Pass(random.NextDouble() * 8);
                var victim = alive[random.Next(alive.Count)];
                switch (random.Next(7))
                {
                    case 0 when frozen.Count < 2 && !frozen.Contains(victim):
                        victim.Process.Freeze();
                        frozen.Add(victim);
                        break;
                    case 1 when frozen.Count > 0:
                        frozen[0].Process.Thaw();
                        frozen.RemoveAt(0);
                        break;
                    case 2:
                        victim.HasKubernetes = !victim.HasKubernetes;
                        break;
                    case 3:
                        victim.HasDatabase = !victim.HasDatabase;
                        break;
                    case 4:
                        fleet.RemoveLease(victim);
                        break;
                    case 5 when alive.Count > 2:
                        victim.Leave();
                        alive.Remove(victim);
                        frozen.Remove(victim);
                        victim.Process.Thaw();
                        alive.Add(fleet.Start());
                        break;
                    case 6 when alive.Count > 2:
                        victim.Process.Freeze();
                        alive.Remove(victim);
                        frozen.Remove(victim);
                        alive.Add(fleet.Start());
                        break;
                }
            }

            foreach (var replica in frozen) replica.Process.Thaw();
            foreach (var replica in alive) replica.HasKubernetes = replica.HasDatabase = true;
            fleet.Pass(40);

            Assert.True(fleet.Wrongs.Count == 0, $"Seed {seed}: {string.Join('\n', fleet.Wrongs.Take(5))}");
            Assert.True(fleet.Deeds > 1000, $"Seed {seed}: only {fleet.Deeds} deeds were done.");
            AllWorked(fleet, [.. alive]);
        }
    }
}
