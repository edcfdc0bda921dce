using Caphr.Actors.Journal;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Actors.Sharding;
using Caphr.Host.Cli;
using Caphr.Host.Diagnostics;
using Caphr.Host.Journals;
using Caphr.Host.Robot;
using Caphr.Host.Tests.Control;
using Caphr.Host.Tests.Journals;
using Caphr.Protocols.Tests.Kubernetes;

namespace Caphr.Host.Tests.Diagnostics;

/// <summary>A host as diagnostics see it: a journal with the frozen story, a few objects, and the socket; and <c>caphr</c> beside it.</summary>
internal sealed class DeskUnderTest : IAsyncDisposable
{
    public static readonly RealTime Clock = new();

    private readonly TemporaryDirectory _folder = new();
    private readonly ActorSystem _system = new("caphr", Clock, new Random(1), new ThreadPoolDispatcher());
    private readonly DiagnosticsServer _server;

    public DeskUnderTest(Objects? objects = null)
    {
        Socket = _folder.File("run/caphr.sock");
        var me = new Member("caphr-0.1", "journal-1", TimeSpan.FromSeconds(15));
        Store = new JournalStore(Journal, Journal, new MemoryRobotLedger(), "journal-1", IsExclusive: true, "memory", new Nothing());
        Routes = new DiagnosticsRoutes(new DiagnosticsDesk(_system, Board, Store, me, new InMemoryLeases(), () => objects?.Look()), Clock);
        _server = new DiagnosticsServer(Socket, Routes);
    }

    public InMemoryJournal Journal { get; } = new();

    public JournalStore Store { get; }

    public FleetBoard Board { get; } = new();

    public string Socket { get; }

    public DiagnosticsRoutes Routes { get; }

    public string File(string name) => _folder.File(name);

    public Task<string?> StartAsync() => _server.StartAsync(CancellationToken.None);

    public static async Task<DeskUnderTest> StartedAsync(Objects? objects = null)
    {
        var desk = new DeskUnderTest(objects);
        foreach (var (number, events) in FrozenStory.Servers)
        {
            var appended = await desk.Journal.AppendAsync(
                new JournalAppend(ServerActor.IdOf(number), 0, Epoch: 0, new Guid(number.Value, 0, 0, new byte[8]), [.. events.Select(one => ServerEvents.Codec.Encode(one, one.At))]), CancellationToken.None);
            Assert.Equal(AppendResult.Appended, appended.Result);
        }

        Assert.Null(await desk.StartAsync());
        return desk;
    }

    public Task<(int Exit, string Output, string Error)> CaphrAsync(params string[] arguments) => RunAsync([.. arguments, "--socket", Socket]);

    public static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CaphrCommand.Create(Clock, new Random(1)).Parse(arguments).InvokeAsync(new System.CommandLine.InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _system.DisposeAsync();
        _folder.Delete();
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
