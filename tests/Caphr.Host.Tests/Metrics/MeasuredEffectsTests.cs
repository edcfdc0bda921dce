using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Effects;
using Caphr.Host.Metrics;
using Caphr.Host.Tests.Control;

namespace Caphr.Host.Tests.Metrics;

public sealed class MeasuredEffectsTests : IDisposable, IEffectInterpreter
{
    private static readonly EffectKey s_key = new(new ServerNumber(1), 4);
    private static readonly ServerEffect s_effect = new ServerEffect.AwaitTalos(s_key, "192.0.2.7");

    private readonly VirtualClock _clock = new(Objects.Now);
    private readonly MeasuredHost _host = new();
    private readonly TaskCompletionSource<ServerInput.Heard> _heard = new();

    public static TheoryData<ServerInput.Heard, string> Ends { get; } = new()
    {
        { new ServerInput.Heard.MaintenanceAnswered(s_key, new MaintenanceTalos("pin", "v1.12.4")), "done" },
        { new ServerInput.Heard.Refused(s_key, "TalosUnreachable", "No.", Advice.BackOff), "refused" },
        { new ServerInput.Heard.WriteFailed(s_key, "InstallWriteFailed", "No."), "refused" },
        { new ServerInput.Heard.LeftUnknown(s_key, "Perhaps."), "unknown" },
        { new ServerInput.Heard.Refused(s_key, EffectRunner.InternalError, "A bug.", Advice.BackOff), "broken" },
    };

    public void Dispose() => _host.Dispose();

    public Task<ServerInput.Heard> CarryOutAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation) => _heard.Task;

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task An_effect_is_counted_by_how_it_ended_and_its_answer_is_handed_on(ServerInput.Heard heard, string outcome)
    {
        var running = Begin();
        _clock.MoveToNext(TimeSpan.FromSeconds(40));
        Assert.Empty(_host.Samples("caphr_effects_total"));

        _heard.SetResult(heard);

        Assert.Same(heard, await running);
        Assert.Equal([$"caphr_effects_total{{effect=\"AwaitTalos\",outcome=\"{outcome}\"}} 1"], _host.Samples("caphr_effects_total"));
        Assert.Contains("caphr_effect_duration_seconds_sum{effect=\"AwaitTalos\"} 40", _host.Samples("caphr_effect_duration_seconds"));
    }

    [Fact]
    public async Task An_effect_that_nobody_waited_for_any_more_was_left()
    {
        var running = Begin();
        _heard.SetCanceled();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["caphr_effects_total{effect=\"AwaitTalos\",outcome=\"left\"} 1"], _host.Samples("caphr_effects_total"));
    }

    private Task<ServerInput.Heard> Begin()
    {
        var warrant = new Warrant(shard: 1, epoch: 1, new Standing(_clock, _clock.GetTimestamp(), TimeSpan.FromHours(1)));
        return new MeasuredEffects(this, _host.Measures, _clock).CarryOutAsync(s_effect, warrant, () => true, new Progress<EffectNote>(), CancellationToken.None);
    }
}
