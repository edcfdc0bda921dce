using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Microsoft.Extensions.Logging;
using static Caphr.Actors.Servers.ServerInput;

namespace Caphr.Host.Effects;

/// <summary>Gives each effect to the interpreter of its protocol. A bug in one costs that server a retry, and the log names it.</summary>
internal sealed partial class EffectRunner(RobotInterpreter robot, RescueInterpreter rescue, TalosInterpreter talos, NodeDismissal dismissal, ILogger<EffectRunner> logger) : IEffectInterpreter
{
    /// <summary>Why a step was refused that a bug of ours has ended.</summary>
    public const string InternalError = "InternalError";

    public async Task<Heard> CarryOutAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation)
    {
        Log.Begins(logger, effect.Key, effect.GetType().Name);
        try
        {
            var heard = await InterpretAsync(effect, warrant, isWanted, notes, cancellation);
            Log.Ends(logger, effect.Key, effect.GetType().Name, heard.GetType().Name);
            return heard;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The outermost loop of an effect: whatever a bug throws here must end in an answer, or the server would wait for ever.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            Log.Broke(logger, bug, effect.Key, effect.GetType().Name);
            // A bug may strike after the call as well as before it.
            if (effect is ServerEffect.PressReset) return new Heard.LeftUnknown(effect.Key, $"CAPHR failed while it pressed the reset ({bug.GetType().Name}); its log has the details.");
            return new Heard.Refused(effect.Key, InternalError, $"CAPHR failed at {effect.GetType().Name} ({bug.GetType().Name}); its log has the details.", Advice.BackOff);
        }
    }

    private Task<Heard> InterpretAsync(ServerEffect effect, Warrant warrant, Func<bool> isWanted, IProgress<EffectNote> notes, CancellationToken cancellation) => effect switch
    {
        ServerEffect.LookUpServer lookUp => robot.LookUpAsync(lookUp, cancellation),
        ServerEffect.ArmRescue arm => robot.ArmAsync(arm, warrant, cancellation),
        ServerEffect.DismissNode dismiss => dismissal.CarryOutAsync(dismiss, warrant, isWanted, cancellation),
        ServerEffect.PrepareReset prepare => robot.PrepareAsync(prepare, warrant, cancellation),
        ServerEffect.PressReset press => robot.PressAsync(press, warrant, isWanted, cancellation),
        ServerEffect.AwaitRescue awaitRescue => rescue.AwaitAsync(awaitRescue, notes, cancellation),
        ServerEffect.ProveRescue prove => rescue.ProveAsync(prove, cancellation),
        ServerEffect.InstallImage install => rescue.InstallAsync(install, warrant, isWanted, notes, cancellation),
        ServerEffect.LeaveRescue leave => rescue.LeaveAsync(leave, warrant, cancellation),
        ServerEffect.WipeDisk wipe => rescue.WipeAsync(wipe, warrant, isWanted, cancellation),
        ServerEffect.AwaitTalos awaitTalos => talos.AwaitMaintenanceAsync(awaitTalos, notes, cancellation),
        ServerEffect.ApplyConfiguration apply => talos.ConfigureAsync(apply, warrant, notes, cancellation),
        ServerEffect.AwaitNode awaitNode => talos.AwaitNodeAsync(awaitNode, notes, cancellation),
        _ => throw new System.Diagnostics.UnreachableException($"No interpreter knows {effect.GetType().Name}."),
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Key} begins {Effect}")]
        public static partial void Begins(ILogger logger, EffectKey key, string effect);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Key} ends {Effect}: {Heard}")]
        public static partial void Ends(ILogger logger, EffectKey key, string effect, string heard);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Key} {Effect} failed by a bug of CAPHR")]
        public static partial void Broke(ILogger logger, Exception bug, EffectKey key, string effect);
    }
}
