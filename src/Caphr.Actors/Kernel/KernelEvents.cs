using System.Text;

namespace Caphr.Actors.Kernel;

/// <summary>An actor failed, and this is what its supervisor decided. The message that was being handled is not handled again.</summary>
/// <param name="MessageType">The type of that message, and never its content; null when the failure was not about a message.</param>
public sealed record ActorFailed(ActorPath Actor, Type? MessageType, Exception Cause, Directive Directive, TimeSpan RestartDelay);

public enum DeadLetterReason
{
    /// <summary>The actor had stopped, or stopped before it came to this message.</summary>
    Stopped,

    /// <summary>The mailbox was at its bound.</summary>
    MailboxFull,
}

/// <summary>A message that nobody will handle.</summary>
public sealed record DeadLetter(ActorPath Recipient, object Message, DeadLetterReason Reason)
{
    // A message may hold what must not reach a log; its type may.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(System.Globalization.CultureInfo.InvariantCulture, $"Recipient = {Recipient}, Message = {Message.GetType().Name}, Reason = {Reason}");
        return true;
    }
}

/// <summary>A watched actor has stopped for good, or had already when the watch began.</summary>
public sealed record Terminated(IActorRef Actor);
