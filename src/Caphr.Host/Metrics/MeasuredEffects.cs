using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;

namespace Caphr.Host.Metrics;

/// <summary>Counts effects and their time, and changes nothing about them.</summary>
internal sealed class MeasuredEffects(IEffectInterpreter effects, Measures measures, TimeProvider clock) : IEffectInterpreter
{
    public async Task<ServerInput.Heard> CarryOutAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var outcome = EffectOutcome.Left;
        try
        {
            var heard = await effects.CarryOutAsync(effect, warrant, isWanted, notes, cancellation);
            outcome = EffectOutcomes.Of(heard);
            return heard;
        }
        finally
        {
            measures.EffectEnded(effect, outcome, clock.GetElapsedTime(begun));
        }
    }
}
