using Caphr.Host.Control;
using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Lab.World.Faults;
using Caphr.Simulation.Tests.Runs;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Troubles;

/// <summary>
/// Draws what goes wrong in a run. The draw depends on the seed alone and not on what happens, so that one trouble can be left out without changing
/// the others.
/// </summary>
internal static class TroubleDraw
{
    /// <summary>Long enough for a server to be installed, given back and installed again.</summary>
    public static readonly TimeSpan Storm = TimeSpan.FromMinutes(16);

    private const int FirstServer = 2938101;
    private const int MostSteps = 40;

    private static readonly ServerFault[] s_ofServers = [.. Enum.GetValues<ServerFault>()];
    private static readonly TalosFault[] s_ofNodes = [.. Enum.GetValues<TalosFault>()];
    private static readonly ApiFault[] s_ofApi = [ApiFault.WatchesDropped, ApiFault.HistoryForgotten, ApiFault.Conflicts, ApiFault.Overloaded, ApiFault.Unavailable];
    private static readonly RobotScenario[] s_ofRobot = [RobotScenario.Maintenance, RobotScenario.LateActive, RobotScenario.HtmlErrors, RobotScenario.EmptyBodies, RobotScenario.InProgress];
    private static readonly string[] s_annotations = [Names.PowerCycleAnnotation, Names.InspectAnnotation, Names.RetryAnnotation, Names.AcceptAnnotation];
    private static readonly int[] s_answers = [503, 500, 403, 429, 409];

    /// <summary>Every kind that can be drawn, as coverage names them.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        .. Enumerable.Range(0, 4000).Select(seed => One(new SimulationOptions { Seed = seed, Servers = 1, Machines = 1 }, new Random(seed)).Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<Trouble> Of(SimulationOptions options)
    {
        var random = new Random(unchecked((options.Seed * 7907) + 13));
        var drawn = Enumerable.Range(0, options.Troubles).Select(_ => One(options, random)).ToList();
        return [.. drawn.Where((_, index) => options.Keep?.Contains(index) ?? true).OrderBy(trouble => trouble.At)];
    }

    private static Trouble One(SimulationOptions options, Random random)
    {
        // Most of it while most is going on: a cluster comes up in five minutes.
        var at = Storm * Math.Pow(random.NextDouble(), 1.7);
        var steps = random.Next(MostSteps);
        var place = random.Next(options.Replicas);
        var span = TimeSpan.FromSeconds(Math.Pow(10, 0.3 + (2.2 * random.NextDouble())));
        var server = FirstServer + random.Next(options.Servers);
        var pick = random.Next(100);
        var which = random.Next(int.MaxValue);
        return pick switch
        {
            < 20 => new Trouble.Crash(at, steps, place, span / 4),
            < 36 => new Trouble.LinkDown(at, steps, which % 3 == 0 ? null : place, Pick(Enum.GetValues<Link>(), which / 3), which % 2 == 0 ? LinkState.Broken : LinkState.Silent, span),
            < 46 => new Trouble.AnswersLost(at, steps, place, Pick(Enum.GetValues<Link>(), which), 1 + (which % 3)),
            < 64 => OfServer(at, steps, server, Pick(s_ofServers, which), span * 4),
            < 69 => new Trouble.OfLab(at, steps, new LabFault.OfTalos(server, Pick(s_ofNodes, which)), span * 2),
            < 74 => new Trouble.OfLab(at, steps, Reply(which), Span: null),
            < 77 => new Trouble.OfLab(at, steps, new LabFault.OfRobot(Pick(s_ofRobot, which)), span),
            < 81 => new Trouble.OfLab(at, steps, new LabFault.OfApi(Pick(s_ofApi, which), 1 + (which % 4)), Span: null),
            < 82 => new Trouble.ClockWrong(at, steps, place, TimeSpan.FromSeconds((which % 241) - 120)),
            < 85 => new Trouble.Paused(at, steps, span * 2),
            < 95 => new Trouble.MachineDeleted(at, steps, 1 + (which % options.Machines), which % 4 == 0 ? null : span / 4),
            < 97 => new Trouble.Retried(at, steps, 1 + (which % options.Machines)),
            _ => new Trouble.HostAnnotated(at, steps, server, Pick(s_annotations, which)),
        };
    }

    private static Trouble.OfLab OfServer(TimeSpan at, int steps, int server, ServerFault kind, TimeSpan span) =>
        new(at, steps, new LabFault.OfServer(server, kind), FaultSpans.Of(kind) == FaultSpan.Lasting ? span : null);

    private static LabFault.OfReply Reply(int which)
    {
        var times = 1 + (which % 3);
        RobotFault fault = (which / 3 % 3) switch
        {
            0 => new RobotFault.Answer(Pick(s_answers, which / 9)),
            1 => new RobotFault.LoseReply(),
            _ => new RobotFault.Silence(),
        };
        return which % 2 == 0 ? new LabFault.OfReply(fault, times) : new LabFault.OfReply(fault, times, "POST", "/reset/{server}");
    }

    private static T Pick<T>(T[] from, int which) => from[which % from.Length];
}
