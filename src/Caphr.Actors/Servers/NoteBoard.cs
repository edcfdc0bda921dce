using Caphr.Actors.Kernel;

namespace Caphr.Actors.Servers;

/// <summary>
/// Where a running step says how it stands, several times a second. What nobody has read yet is replaced by what is newer: an actor that waits for its journal
/// reads nothing for a long time, and a mailbox full of notes has no room for a wish.
/// </summary>
internal sealed class NoteBoard(IActorRef<ServerMessage> server) : IProgress<EffectNote>
{
    private EffectNote? _unread;

    public void Report(EffectNote value)
    {
        if (Interlocked.Exchange(ref _unread, value) is null) server.Tell(new ServerMessage.Note(this));
    }

    public EffectNote? Take() => Interlocked.Exchange(ref _unread, null);
}
