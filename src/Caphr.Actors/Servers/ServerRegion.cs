using Caphr.Actors.Kernel;

namespace Caphr.Actors.Servers;

/// <summary>For the server of this number, whose actor is started if it is not there yet.</summary>
public sealed record Envelope(ServerNumber Number, ServerMessage Message);

/// <summary>All servers of this process, each an actor of its own, addressed by number.</summary>
public sealed class ServerRegion(Persistence<ServerEvent> persistence, IEffectInterpreter interpreter) : Actor<Envelope>
{
    protected internal override void Receive(Envelope message)
    {
        var name = message.Number.ToString();
        var server = Context.Child<ServerMessage>(name)
            ?? Context.ActorOf(Props.Create(() => new ServerActor(message.Number, persistence, interpreter)), name);
        server.Tell(message.Message);
    }
}
