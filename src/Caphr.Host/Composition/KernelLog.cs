using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Composition;

/// <summary>The kernel logs nothing itself; what it publishes about failures is written down here.</summary>
internal sealed partial class KernelLog(ILogger<KernelLog> logger) : Actor<Action<ILogger>>
{
    protected override void PreStart()
    {
        Context.Subscribe<ActorFailed>(failed => log => Log.ActorFailed(log, failed.Cause, failed.Actor.ToString(), failed.MessageType?.Name ?? "no message", failed.Directive.ToString()));
        Context.Subscribe<DeadLetter>(dead => log => Log.DeadLetter(log, dead.Recipient.ToString(), dead.Message.GetType().Name, dead.Reason.ToString()));
        Context.Subscribe<JournalStalled>(stalled => log => Log.JournalStalled(log, stalled.PersistenceId, stalled.Detail));
        Context.Subscribe<JournalResumed>(resumed => log => Log.JournalResumed(log, resumed.PersistenceId, resumed.Attempts));
        Context.Subscribe<ReplicaStanding>(standing => log =>
        {
            if (standing.WhyNot is { } why) Log.StandsBy(log, why);
            else Log.Works(log);
        });
        Context.Subscribe<ShutdownTrouble>(trouble => log => Log.NotShutDown(log, (trouble as ShutdownTrouble.Failed)?.Cause, trouble.Task, trouble.Phase.Name));
        Context.Subscribe<ActorFenced>(fenced => log => Log.Fenced(log, fenced.PersistenceId, fenced.Detail));
    }

    protected override void Receive(Action<ILogger> message) => message(logger);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Actor} failed at {MessageType}: {Directive}")]
        public static partial void ActorFailed(ILogger logger, Exception cause, string actor, string messageType, string directive);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody took {MessageType} for {Recipient}: {Reason}")]
        public static partial void DeadLetter(ILogger logger, string recipient, string messageType, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{PersistenceId} waits for the journal: {Detail}")]
        public static partial void JournalStalled(ILogger logger, string persistenceId, string detail);

        [LoggerMessage(Level = LogLevel.Information, Message = "{PersistenceId} has its journal again, at try {Attempts}")]
        public static partial void JournalResumed(ILogger logger, string persistenceId, int attempts);

        [LoggerMessage(Level = LogLevel.Warning, Message = "This replica stands by: {Why}")]
        public static partial void StandsBy(ILogger logger, string why);

        [LoggerMessage(Level = LogLevel.Information, Message = "This replica takes its share of the servers")]
        public static partial void Works(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "'{Task}' was not done in time, or failed, in the phase '{Phase}' of the shutdown")]
        public static partial void NotShutDown(ILogger logger, Exception? cause, string task, string phase);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{PersistenceId} stopped, because its shard belongs to another replica: {Detail}")]
        public static partial void Fenced(ILogger logger, string persistenceId, string detail);
    }
}
