using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Sharding;

namespace Caphr.Actors.Servers;

/// <summary>The servers of one shard. It starts the actor of every server that has a history at once, because work may be under way on any of them.</summary>
internal sealed class ServerShard(Warrant warrant, Persistence<ServerEvent> persistence, IEffectInterpreter interpreter) : Actor<Envelope>
{
    private Persistence<ServerEvent> _persistence = persistence with { Epoch = warrant.Epoch };

    internal override void Started() => Cell.Hold(
        "Recovering",
        cancellation => JournalPatience.UntilAvailable(
            Context.System,
            Self.Path,
            $"shard {warrant.Shard}",
            persistence.Retry,
            token => persistence.Journal.ReadShardAsync(warrant.Shard, token),
            read => read.WhyUnavailable,
            cancellation),
        Open);

    protected internal override void PostStop() => Context.System.EventStream.Publish(new ShardClosed(warrant.Shard));

    protected internal override void Receive(Envelope message)
    {
        if (message.Message is ServerMessage.Stopped)
        {
            Context.System.EventStream.Publish(new ServerStopped(message.Number));
            return;
        }

        var server = Context.Child<ServerMessage>(message.Number.ToString()) ?? Start(message.Number);
        server.Tell(message.Message);
    }

    private void Open(ReadOutcome<IReadOnlyList<ActorHistory>> read)
    {
        _persistence = _persistence with { Journal = new PrefetchedJournal(persistence.Journal, read.Value) };
        Context.System.EventStream.Publish(new ShardOpened(warrant));
        foreach (var number in read.Value.Select(history => ServerActor.NumberOf(history.PersistenceId)).OfType<ServerNumber>()) Start(number);
    }

    private IActorRef<ServerMessage> Start(ServerNumber number)
    {
        var server = Context.ActorOf(Props.Create(() => new ServerActor(number, _persistence, interpreter, warrant)), number.ToString());
        Context.Watch(server, _ => new Envelope(number, new ServerMessage.Stopped()));
        return server;
    }
}
