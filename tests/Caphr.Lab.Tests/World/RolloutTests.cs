using Caphr.Lab.World;
using Caphr.Lab.World.Deeds;

namespace Caphr.Lab.Tests.World;

/// <summary>The datacenter on a virtual clock: everything in it, and nothing by chance that the seed did not decide.</summary>
public sealed class RolloutTests
{
    private static readonly string[] s_troubles =
    [
        "server any reset-silent chance 5% on reset-pressed",
        "server any rescue-boot-fails chance 5% on rescue-ordered",
        "server any self-test-hangs chance 1% on rescue-booted",
        "server any power-lost write 40%",
        "server any image-write-fails chance 5% on disk-write-started",
        "server any power-lost chance 2% on configuration-applied",
        "server any disk-swapped chance 2% on rescue-booted",
        "server any ssh-cut chance 20% on rescue-booted",
    ];

    [Fact]
    public async Task A_thousand_servers_in_trouble_go_the_same_way_twice_and_another_way_with_another_seed()
    {
        var (first, again, other) = (await TraceAsync(seed: 11), await TraceAsync(seed: 11), await TraceAsync(seed: 12));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Without_trouble_every_one_of_ten_thousand_servers_becomes_a_node_with_one_reset()
    {
        await using var rollout = new Rollout(servers: 10_000, seed: 3);

        rollout.Run(TimeSpan.FromMinutes(30));

        Assert.Equal(10_000, rollout.Ready);
        Assert.Equal(10_000, rollout.World.Ledger.All().Count(entry => entry.Fact == Fact.ResetPressed));
        Assert.DoesNotContain(rollout.World.Ledger.All(), entry => entry.Fact is Fact.NothingToBoot or Fact.DiskWriteFailed);
    }

    [Fact]
    public async Task What_was_recorded_happens_again_when_it_is_replayed()
    {
        await using var rollout = new Rollout(servers: 100, seed: 5);
        foreach (var trouble in s_troubles) rollout.Break(trouble);
        rollout.Run(TimeSpan.FromHours(2));

        var recording = Recording.Read(Recording.Of(rollout.World).Write()).Value;
        var replayed = Replay.Run(recording);

        var original = rollout.World.Ledger.Trace().ToList();
        Assert.True(original.Count > 1000);
        Assert.Equal(original, replayed.Ledger.Trace().Take(original.Count));
        Assert.NotEqual(original, Replay.Run(recording with { World = recording.World with { Seed = 6 } }).Ledger.Trace().Take(original.Count));
    }

    [Fact]
    public async Task A_recording_holds_no_configuration_and_no_password()
    {
        await using var rollout = new Rollout(servers: 30, seed: 5);
        rollout.Run(TimeSpan.FromMinutes(30));

        var text = string.Join('\n', Recording.Of(rollout.World).Write());

        Assert.Contains("\"kind\":\"Configure\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("token", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("v1alpha1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"format\":9,\"servers\":1,\"seed\":1,\"speed\":1,\"talos\":[]}")]
    public void What_is_no_recording_is_refused_in_a_sentence(string text) =>
        Assert.Contains("recording", Recording.Read([text]).Failure?.Sentence, StringComparison.Ordinal);

    private static async Task<string> TraceAsync(int seed)
    {
        await using var rollout = new Rollout(servers: 1000, seed);
        foreach (var trouble in s_troubles) rollout.Break(trouble);
        rollout.Run(TimeSpan.FromHours(3));
        // Trouble enough to be worth comparing, and not so much that nothing happens.
        Assert.InRange(rollout.Ready, 800, 999);
        return rollout.Trace();
    }
}
