using System.Text.Json.Nodes;
using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

public sealed class WriteDeskTests
{
    /// <summary>So many statuses of one object are written without a wait between them.</summary>
    private const int InARow = 6;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly ObjectKey s_machine = new("demo", "worker-1");

    private readonly Dictionary<ObjectKey, string> _seen = [];
    private readonly WriteDesk _desk;
    private DateTimeOffset _now = Objects.Now;

    public WriteDeskTests() => _desk = new WriteDesk(key => _seen.GetValueOrDefault(key));

    [Fact]
    public void However_often_an_object_changes_its_status_is_written_once_a_second_after_the_first_few()
    {
        var sent = new List<DateTimeOffset>();
        for (var version = 1; version <= 500; version++, _now += TimeSpan.FromMilliseconds(20))
        {
            var write = Status("a", $"{version}");
            if (!_desk.Ask(write, _now).Send) continue;
            sent.Add(_now);
            _desk.Settle(write, Outcome<string?, KubernetesFailure>.Of($"{version}+"), _now);
        }

        Assert.Equal(InARow + 10 - 1, sent.Count);
        Assert.Equal(InARow, sent.Count(at => at - sent[0] < s_second / 2));
        Assert.All(sent.Zip(sent.Skip(InARow)), pair => Assert.True(pair.Second - pair.First >= s_second));
    }

    [Fact]
    public void A_progress_bar_is_written_once_a_second_and_keeps_no_step_waiting()
    {
        var sent = Enumerable.Range(1, 500).Count(version => _desk.Ask(Note("a", $"{version}"), _now + (version * (s_second / 50))).Send);
        Assert.Equal(10, sent);

        _now += 10 * s_second;
        Assert.False(_desk.Ask(Note("a", "again"), _now).Send);
        foreach (var version in Enumerable.Range(501, InARow)) Assert.True(_desk.Ask(Status("a", $"{version}"), _now).Send);
    }

    [Fact]
    public void The_last_of_three_quick_steps_does_not_wait_and_after_a_rest_the_next_three_do_not_either()
    {
        foreach (var version in new[] { 1, 2, 3 }) Assert.True(_desk.Ask(Status("a", $"{version}"), _now).Send);
        _now += 3 * s_second;
        foreach (var version in new[] { 4, 5, 6 }) Assert.True(_desk.Ask(Status("a", $"{version}"), _now).Send);
    }

    [Fact]
    public void A_status_that_comes_too_early_is_asked_for_again_when_its_time_has_come()
    {
        foreach (var version in Enumerable.Range(1, InARow)) Send(Status("a", $"{version}"), $"{version + 1}");
        _now += s_second / 4;

        Assert.Equal(new WriteDesk.Turn(Send: false, Again: 0.75 * s_second), _desk.Ask(Status("a", "9"), _now));
        _now += 0.75 * s_second;
        Assert.True(_desk.Ask(Status("a", "9"), _now).Send);
    }

    [Fact]
    public void A_claim_need_not_wait_for_the_second_of_a_status()
    {
        Send(Status("a", "1"), "2");
        Assert.True(_desk.Ask(Claim("a", "2", s_machine), _now).Send);
    }

    [Fact]
    public void No_version_is_written_on_twice_until_the_watch_brings_the_next()
    {
        Send(Claim("a", "1", s_machine), "2");
        _now += TimeSpan.FromHours(1);

        Assert.Equal(WriteDesk.Turn.No, _desk.Ask(Claim("a", "1", s_machine), _now));
        Assert.True(_desk.Ask(Status("a", "2"), _now).Send);
    }

    [Fact]
    public void A_write_that_changed_nothing_comes_again_after_a_while_because_no_new_version_will()
    {
        Send(Status("a", "1"), "1");
        Assert.Equal(new WriteDesk.Turn(Send: false, Again: 5 * s_second), _desk.Ask(Status("a", "1"), _now));
        Assert.True(_desk.Ask(Status("a", "1"), _now + (5 * s_second)).Send);
    }

    [Fact]
    public void A_machine_whose_claim_was_refused_may_claim_elsewhere_and_may_go()
    {
        _seen[Key("a")] = "1";
        _seen[Key("b")] = "1";
        var refused = Claim("a", "1", s_machine);
        Assert.True(_desk.Ask(refused, _now).Send);
        _desk.Settle(refused, new KubernetesFailure(KubernetesError.Invalid, "a policy says no"), _now);

        Assert.True(_desk.Ask(Claim("b", "1", s_machine), _now).Send);
    }

    [Fact]
    public void A_machine_whose_claim_has_no_answer_waits_for_the_watch_even_if_a_second_try_is_refused()
    {
        _seen[Key("a")] = "1";
        _seen[Key("b")] = "1";
        var claim = Claim("a", "1", s_machine);
        foreach (var error in new[] { KubernetesError.AnswerLost, KubernetesError.Invalid })
        {
            _now += 10 * s_second;
            Assert.True(_desk.Ask(claim, _now).Send);
            _desk.Settle(claim, new KubernetesFailure(error, "no"), _now);
        }

        _now += 10 * s_second;
        Assert.False(_desk.Ask(Claim("b", "1", s_machine), _now).Send);
        _seen[Key("a")] = "2";
        Assert.True(_desk.Ask(Claim("b", "1", s_machine), _now).Send);
    }

    [Fact]
    public void After_a_conflict_the_same_is_decided_anew_on_the_version_that_won()
    {
        var mine = Claim("a", "1", s_machine);
        Assert.True(_desk.Ask(mine, _now).Send);
        Assert.IsType<WriteDesk.Verdict.Late>(_desk.Settle(mine, new KubernetesFailure(KubernetesError.Conflict, "somebody was faster"), _now));

        Assert.False(_desk.Ask(mine, _now).Send);
        Assert.True(_desk.Ask(Claim("a", "2", s_machine), _now).Send);
    }

    [Fact]
    public void A_refused_write_rests_for_as_long_as_the_server_says_and_complains_once()
    {
        var write = Claim("a", "1", s_machine);
        var busy = new KubernetesFailure(KubernetesError.TooManyRequests, "busy") { RetryAfter = TimeSpan.FromSeconds(40) };
        Assert.True(_desk.Ask(write, _now).Send);
        Assert.Equal(new WriteDesk.Verdict.Refused(TimeSpan.FromSeconds(40), IsNews: true), _desk.Settle(write, busy, _now));

        _now += TimeSpan.FromSeconds(39);
        Assert.Equal(new WriteDesk.Turn(Send: false, Again: s_second), _desk.Ask(write, _now));
        _now += s_second;
        Assert.True(_desk.Ask(write, _now).Send);
        Assert.Equal(new WriteDesk.Verdict.Refused(TimeSpan.FromSeconds(40), IsNews: false), _desk.Settle(write, busy, _now));

        _now += TimeSpan.FromSeconds(40);
        Send(write, "2");
        var again = Claim("a", "2", s_machine);
        Assert.True(_desk.Ask(again, _now).Send);
        Assert.Equal(new WriteDesk.Verdict.Refused(TimeSpan.FromSeconds(40), IsNews: true), _desk.Settle(again, busy, _now));
    }

    [Fact]
    public void A_machine_has_no_second_claim_until_the_first_has_been_seen()
    {
        _seen[Key("a")] = "1";
        _seen[Key("b")] = "1";
        Send(Claim("a", "1", s_machine), "2");

        Assert.False(_desk.Ask(Claim("b", "1", s_machine), _now).Send);
        _seen[Key("a")] = "3";
        Assert.True(_desk.Ask(Claim("b", "1", s_machine), _now).Send);
    }

    [Fact]
    public void A_machine_is_not_let_go_while_a_claim_for_it_is_on_its_way()
    {
        _seen[Key("a")] = "1";
        Assert.True(_desk.Ask(Claim("a", "1", s_machine), _now).Send);

        Assert.False(_desk.Ask(LetGo(), _now).Send);
        _seen[Key("a")] = "2";
        Assert.True(_desk.Ask(LetGo(), _now).Send);
    }

    [Theory]
    [InlineData(KubernetesError.Gone)]
    [InlineData(KubernetesError.Unreachable)]
    [InlineData(KubernetesError.TimedOut)]
    [InlineData(KubernetesError.TooManyRequests)]
    public void A_machine_for_which_surely_nothing_was_claimed_may_go_at_once(KubernetesError error)
    {
        _seen[Key("a")] = "1";
        var claim = Claim("a", "1", s_machine);
        Assert.True(_desk.Ask(claim, _now).Send);
        _desk.Settle(claim, new KubernetesFailure(error, "It was not done."), _now);

        Assert.True(_desk.Ask(LetGo(), _now).Send);
    }

    [Fact]
    public void A_claim_whose_answer_was_lost_does_not_keep_its_machine_for_ever()
    {
        _seen[Key("a")] = "1";
        var claim = Claim("a", "1", s_machine);
        Assert.True(_desk.Ask(claim, _now).Send);
        _desk.Settle(claim, new KubernetesFailure(KubernetesError.AnswerLost, "Nobody knows."), _now);

        Assert.Equal(TimeSpan.FromMinutes(5), _desk.Ask(LetGo(), _now).Again);
        Assert.True(_desk.Ask(LetGo(), _now + TimeSpan.FromMinutes(5)).Send);
    }

    [Fact]
    public void No_more_than_sixteen_writes_are_under_way_and_each_that_ends_makes_room()
    {
        var under = Enumerable.Range(1, 20).Select(index => Status($"host-{index}", "1")).Where(write => _desk.Ask(write, _now).Send).ToList();
        Assert.Equal(16, under.Count);

        _desk.Settle(under[0], Outcome<string?, KubernetesFailure>.Of("2"), _now);
        Assert.True(_desk.Ask(Status("host-17", "1"), _now).Send);
        Assert.False(_desk.Ask(Status("host-18", "1"), _now).Send);
    }

    [Fact]
    public void What_is_gone_is_forgotten_and_what_is_there_is_not()
    {
        Send(Status("a", "1"), "2");
        Send(Status("b", "1"), "2");
        _desk.Forget((kind, key) => kind == HetznerRobotHost.Resource.Kind && key == Key("a"));

        Assert.Equal(1, _desk.Remembered);
        Assert.False(_desk.Ask(Status("a", "1"), _now + s_second).Send);
        Assert.True(_desk.Ask(Status("b", "1"), _now).Send);
    }

    [Fact]
    public void A_host_that_is_gone_takes_no_claim_of_a_machine_of_its_name_with_it()
    {
        var machine = new ObjectKey("demo", "b");
        _seen[Key("a")] = "1";
        _seen[Key("c")] = "1";
        Send(Status("b", "1"), "2");
        Send(Claim("a", "1", machine), "2");
        _desk.Forget((_, key) => key != Key("b"));

        Assert.False(_desk.Ask(Claim("c", "1", machine), _now).Send);
    }

    [Fact]
    public void A_server_that_was_not_claimed_because_its_machine_is_gone_is_soon_claimed_for_another()
    {
        var claim = Claim("a", "1", s_machine);
        Assert.True(_desk.Ask(claim, _now).Send);
        Assert.IsType<WriteDesk.Verdict.Late>(_desk.Settle(claim, new KubernetesFailure(KubernetesError.Gone, "The machine is gone."), _now));

        Assert.Equal(s_second, _desk.Ask(Claim("a", "1", new ObjectKey("demo", "worker-2")), _now).Again);
        Assert.True(_desk.Ask(Claim("a", "1", new ObjectKey("demo", "worker-2")), _now + s_second).Send);
        // Another one of its name is not bound by it.
        _seen[Key("a")] = "1";
        Assert.True(_desk.Ask(Claim("b", "1", s_machine), _now).Send);
    }

    private void Send(Write write, string versionAfter)
    {
        Assert.True(_desk.Ask(write, _now).Send);
        Assert.IsType<WriteDesk.Verdict.Succeeded>(_desk.Settle(write, Outcome<string?, KubernetesFailure>.Of(versionAfter), _now));
    }

    private static ObjectKey Key(string name) => new("demo", name);

    private static Write.Of<HetznerRobotHost> Status(string name, string version) => new(Host(name, version), new JsonObject(), Status: true, "status");

    private static Write.Of<HetznerRobotHost> Note(string name, string version) =>
        new(Host(name, version), new JsonObject { ["status"] = new JsonObject { ["message"] = version } }, Status: true, "status");

    private static Write.Of<HetznerRobotMachine> LetGo() =>
        new(new HetznerRobotMachine { Metadata = new ObjectMeta { Namespace = s_machine.Namespace, Name = s_machine.Name, ResourceVersion = "7" } }, [], Status: false, "finalizer") { LetsGo = true };

    private static Write.Of<HetznerRobotHost> Claim(string name, string version, ObjectKey machine) =>
        new(Host(name, version), new JsonObject(), Status: false, "claim") { Claimant = new Claimant(machine, new ClaimId($"uid-of-{machine.Name}")) };

    private static HetznerRobotHost Host(string name, string version) =>
        new() { Metadata = new ObjectMeta { Namespace = "demo", Name = name, ResourceVersion = version } };
}
