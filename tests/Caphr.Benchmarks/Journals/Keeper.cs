using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;

namespace Caphr.Benchmarks.Journals;

internal sealed record Kept(int Number, string Text);

/// <summary>A persistent actor that is done when it has recovered, and again when it has appended as many events, one after the other, as it was told to.</summary>
internal sealed class Keeper(string id, IJournal journal, Arena arena) : PersistentActor<int, Kept>(new Persistence<Kept>(journal, s_codec))
{
    private const string Text = "The server has left its rescue system and boots from its own disk.";

    private static readonly EventCodec<Kept> s_codec = new EventCodec<Kept>().Register<Kept>("kept");

    private int _sum;

    protected override string PersistenceId => id;

    public static IActorRef<int> Start(string id, IJournal journal, Arena arena) => arena.System.ActorOf(Props.Create(() => new Keeper(id, journal, arena)), id);

    public static IReadOnlyList<string> Names(int keepers) => [.. Enumerable.Range(0, keepers).Select(keeper => $"keeper-{keeper}")];

    /// <summary>What keepers of these names append in one go, if they all do so together.</summary>
    public static IReadOnlyList<Row> Rows(IEnumerable<string> names, int sequence, DateTimeOffset at) =>
        [.. names.Select(name => new Row(name, sequence, s_codec.Encode(new Kept(sequence, Text), at)))];

    protected override void Apply(Kept @event) => _sum += @event.Number;

    protected override void RecoveryCompleted() => arena.OneIsDone();

    protected override void Receive(int message) => Persist(new Kept(message, Text), () =>
    {
        if (message == 1) arena.OneIsDone();
        else Self.Tell(message - 1);
    });
}
