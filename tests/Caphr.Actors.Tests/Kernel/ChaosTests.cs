using Caphr.Actors.Kernel;

namespace Caphr.Actors.Tests.Kernel;

/// <summary>What holds whatever happens. Each claim is checked on many seeds; a seed that fails is in the message and fails again when run alone.</summary>
public class ChaosTests
{
    private static readonly Lazy<IReadOnlyList<(int Seed, Chaos Chaos)>> s_all = new(() => [.. Enumerable.Range(1, 400).Select(seed => (seed, new Chaos(seed).Run(steps: 100)))]);

    [Fact]
    public void There_is_one_instance_at_most_and_it_hears_of_its_failed_pipes_and_of_nothing_that_was_taken_back() =>
        OnEverySeed(chaos => chaos.Violations.FirstOrDefault());

    [Fact]
    public void Timers_pipes_and_notices_of_death_come_exactly_once_to_an_instance_that_lives_on() => OnEverySeed(chaos => chaos.BrokenPromises.FirstOrDefault());

    [Fact]
    public void Every_message_is_handled_once_or_a_dead_letter_once() => OnEverySeed(chaos =>
    {
        var handled = chaos.Handled.CountBy(told => told.Id).ToDictionary();
        var lost = chaos.Lost.Select(letter => letter.Message).OfType<Chaos.Told>().Where(told => told.For is null).CountBy(told => told.Id).ToDictionary();
        return chaos.Sent.Where(told => handled.GetValueOrDefault(told.Id) + lost.GetValueOrDefault(told.Id) != 1)
            .Select(told => $"{told.Id} ({told.Deed} for {told.To?.Path}) was handled {handled.GetValueOrDefault(told.Id)} times and lost {lost.GetValueOrDefault(told.Id)} times")
            .FirstOrDefault();
    });

    [Fact]
    public void Messages_of_one_sender_to_one_actor_that_were_not_put_aside_keep_their_order() => OnEverySeed(chaos => chaos.Handled
        .Where(told => !chaos.PutAside.Contains(told.Id))
        .GroupBy(told => (told.Sender, told.To))
        .Where(told => !told.Select(one => one.Id).SequenceEqual(told.Select(one => one.Id).Order()))
        .Select(told => $"sender {told.Key.Sender} to {told.Key.To?.Path}: {string.Join(' ', told.Select(one => one.Id))}")
        .FirstOrDefault());

    [Fact]
    public void Every_exception_of_a_handler_is_recorded_once() => OnEverySeed(chaos => chaos.Thrown
        .Where(thrown => chaos.Failed.Count(failed => failed.Actor.Value == thrown.Path && failed.Cause == thrown.Cause) != 1)
        .Select(thrown => $"{thrown.Path}: {thrown.Cause.Message}")
        .FirstOrDefault());

    [Fact]
    public void Everything_ends_when_the_system_does() =>
        OnEverySeed(chaos => chaos.Stage.System.WhenTerminated.IsCompletedSuccessfully && chaos.Alive.Count == 0 ? null : $"{chaos.Alive.Count} actors live on");

    /// <summary>A life in which hardly anything happened would prove nothing.</summary>
    [Fact]
    public void The_lives_were_rich_enough()
    {
        var lives = s_all.Value.Select(one => one.Chaos).ToList();
        Assert.All(Enum.GetValues<Directive>(), directive => Assert.True(lives.Sum(life => life.Failed.Count(failed => failed.Directive == directive)) > 200, $"{directive}"));
        Assert.True(lives.Sum(life => life.Handled.Count) > 10_000);
        Assert.True(lives.Sum(life => life.Lost.Count) > 1_000);
        Assert.True(lives.Sum(life => life.PutAside.Count) > 500);
    }

    private static void OnEverySeed(Func<Chaos, string?> broken)
    {
        foreach (var (seed, chaos) in s_all.Value)
        {
            if (broken(chaos) is { } how) Assert.Fail($"Seed {seed}: {how}");
        }
    }
}
