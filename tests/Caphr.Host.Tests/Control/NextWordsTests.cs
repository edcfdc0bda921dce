using Caphr.Actors.Servers;
using Caphr.Host.Control;

namespace Caphr.Host.Tests.Control;

public sealed class NextWordsTests
{
    private static readonly DateTimeOffset s_until = Objects.Now.AddMinutes(12);

    private static readonly Provision s_plan = new()
    {
        Claim = new ClaimId("uid-worker"),
        Machine = new ObjectName(Objects.Namespace, "worker"),
        Cluster = "demo",
        Robot = WishBuilder.AccessOf(new Objects().InfraCluster),
        Image = new Uri("https://factory.talos.dev/x"),
        TalosVersion = "v1.12.4",
        ProviderId = "hetzner-robot://1",
        TalosSecrets = new ObjectName(Objects.Namespace, "demo-talos"),
    };

    [Fact]
    public void Whoever_waits_for_the_rescue_system_is_told_until_when_and_what_comes_instead() => Assert.Equal(
        "What answers on port 22 has to prove that it is this server's rescue system. If that is not so by 03:12:00 UTC, the server is reset once more (1 of 3 resets used).",
        NextWords.Of(Awaiting(resets: 1)));

    [Fact]
    public void A_claim_whose_resets_are_spent_promises_no_other() =>
        Assert.EndsWith("If that is not so by 03:12:00 UTC, the machine fails, because its resets are spent.", NextWords.Of(Awaiting(Limits.Resets)), StringComparison.Ordinal);

    [Fact]
    public void A_server_on_its_way_back_ends_in_quarantine_and_not_in_failure() =>
        Assert.EndsWith("the server is put into quarantine, because its resets are spent.", NextWords.Of(Awaiting(Limits.Resets) with { Purpose = Purpose.Release }), StringComparison.Ordinal);

    [Fact]
    public void A_diagnosis_never_resets_again() =>
        Assert.EndsWith("the machine counts as beyond repair.", NextWords.Of(Awaiting(resets: 1) with { Purpose = Purpose.Diagnose }), StringComparison.Ordinal);

    [Fact]
    public void What_is_paused_promises_nothing_before_the_pause_ends() =>
        Assert.Equal("It goes on when the pause is lifted.", NextWords.Of(Awaiting(resets: 1) with { PausedSince = Objects.Now }));

    [Fact]
    public void A_running_node_has_nothing_to_come() =>
        Assert.Null(NextWords.Of(new ServerState.Provisioned("v1.12.4") { Number = new ServerNumber(1), Plan = s_plan }));

    private static ServerState.EnteringRescue Awaiting(int resets) => new(Purpose.Install, RescueStage.Awaiting) { Number = new ServerNumber(1), Plan = s_plan, Tally = new RescueTally(Attempts: 1, resets), Until = s_until };
}
