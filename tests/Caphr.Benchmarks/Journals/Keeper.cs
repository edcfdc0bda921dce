using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Benchmarks.Journals;

internal sealed record Kept(int Number, string Text);

/// <summary>A persistent actor that appends so many events one after the other when told to, and says when it has recovered.</summary>
internal sealed class Keeper(string id, Persistence<Kept> persistence, CountdownEvent recovered, CountdownEvent appended) : PersistentActor<int, Kept>(persistence)
{
    public const string Text = "The server has left its rescue system and boots from its own disk.";

    private int _sum;

    public static EventCodec<Kept> Codec { get; } = new EventCodec<Kept>().Register<Kept>("kept");

    protected override string PersistenceId => id;

    public static Row RowOf(string id, int sequence, DateTimeOffset at) => new(id, sequence, Codec.Encode(new Kept(sequence, Text), at));

    protected override void Apply(Kept @event) => _sum += @event.Number;

    protected override void RecoveryCompleted() => recovered.Signal();

    protected override void Receive(int message) => Persist(new Kept(message, Text), () =>
    {
        if (message == 1) appended.Signal();
        else Self.Tell(message - 1);
    });
}
