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
    private static readonly TimeSpan s_storm = TimeSpan.FromMinutes(16);

    /// <summary>What the last trouble leads to is still a part of the storm.</summary>
    private static readonly TimeSpan s_aftermath = TimeSpan.FromMinutes(4);

    /// <summary>Longer than news of it may travel, so that what is begun in it is seen.</summary>
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMinutes(2);

    private const int FirstServer = 2938101;
    private const int MostSteps = 40;

    private static readonly ServerFault[] s_ofServers = [.. Enum.GetValues<ServerFault>()];
    private static readonly TalosFault[] s_ofNodes = [.. Enum.GetValues<TalosFault>()];
    private static readonly ApiFault[] s_ofApi = [ApiFault.WatchesDropped, ApiFault.HistoryForgotten, ApiFault.Conflicts, ApiFault.Overloaded, ApiFault.Unavailable];
    private static readonly RobotScenario[] s_ofRobot = [RobotScenario.Maintenance, RobotScenario.LateActive, RobotScenario.HtmlErrors, RobotScenario.EmptyBodies, RobotScenario.InProgress];
    private static readonly string[] s_annotations = [Names.PowerCycleAnnotation, Names.InspectAnnotation, Names.RetryAnnotation, Names.AcceptAnnotation];
    private static readonly int[] s_answers = [503, 500, 403, 429, 409];

    /// <summary>
    /// Of a hundred troubles: crashes, standing still, ways down, answers lost; faults of servers, of nodes, replies of Robot, its moods; faults of the API
    /// server, late watches, wrong clocks; pauses, deletions, retries, passwords, annotations.
    /// </summary>
    private static readonly Dictionary<Theme, int[]> s_weights = new()
    {
        [Theme.Everything] = [18, 4, 12, 10, 16, 5, 5, 3, 4, 3, 2, 3, 9, 2, 2, 2],
        [Theme.Replicas] = [22, 18, 24, 12, 4, 1, 2, 1, 2, 4, 2, 1, 6, 0, 0, 1],
        [Theme.People] = [8, 2, 4, 2, 8, 4, 2, 2, 2, 4, 2, 12, 34, 5, 3, 6],
        [Theme.Hardware] = [8, 1, 3, 2, 50, 12, 2, 1, 1, 1, 1, 1, 11, 2, 1, 3],
        [Theme.Orders] = [8, 2, 12, 18, 8, 2, 20, 10, 1, 1, 1, 1, 12, 1, 2, 1],
        [Theme.News] = [14, 4, 10, 12, 2, 1, 1, 1, 20, 16, 1, 4, 12, 1, 0, 1],
    };

    /// <summary>Every kind that can be drawn, as coverage names them.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        .. Enumerable.Range(0, 4000).Select(seed => One(new SimulationOptions { Seed = seed, Servers = 1, Machines = 1, Theme = (Theme)(seed % s_weights.Count) }, new Random(seed)).Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<Trouble> Of(SimulationOptions options)
    {
        var random = new Random(unchecked((options.Seed * 7907) + 13));
        var drawn = Enumerable.Range(0, options.Troubles).Select(_ => One(options, random)).ToList();
        return [.. drawn.Where((_, index) => options.Keep?.Contains(index) ?? true).OrderBy(trouble => trouble.At)];
    }

    public static TimeSpan EndOf(IReadOnlyList<Trouble> troubles) => troubles[^1].At + s_aftermath;

    private static Trouble One(SimulationOptions options, Random random)
    {
        // Most of it while most is going on: a cluster comes up in five minutes.
        var at = s_storm * Math.Pow(random.NextDouble(), 1.7);
        var steps = random.Next(MostSteps);
        var place = random.Next(options.Replicas);
        var span = TimeSpan.FromSeconds(Math.Pow(10, 0.3 + (2.2 * random.NextDouble())));
        var server = FirstServer + random.Next(options.Servers);
        var pick = random.Next(100);
        var which = random.Next(int.MaxValue);
        var kind = 0;
        for (var weights = s_weights[options.Theme]; pick >= weights[kind]; kind++) pick -= weights[kind];
        return kind switch
        {
            0 => new Trouble.Crash(at, steps, place, span / 4),
            1 => new Trouble.StandStill(at, steps, place, span),
            2 => new Trouble.LinkDown(at, steps, which % 3 == 0 ? null : place, Pick(Enum.GetValues<Link>(), which / 3), which % 2 == 0 ? LinkState.Broken : LinkState.Silent, span),
            3 => new Trouble.AnswersLost(at, steps, place, Pick(Enum.GetValues<Link>(), which), 1 + (which % 3)),
            4 => OfServer(at, steps, server, Pick(s_ofServers, which), span * 4),
            5 => new Trouble.OfLab(at, steps, new LabFault.OfTalos(server, Pick(s_ofNodes, which)), span * 2),
            6 => new Trouble.OfLab(at, steps, Reply(which), Span: null),
            7 => new Trouble.OfLab(at, steps, new LabFault.OfRobot(Pick(s_ofRobot, which)), span),
            8 => new Trouble.OfLab(at, steps, new LabFault.OfApi(Pick(s_ofApi, which), 1 + (which % 4)), Span: null),
            9 => new Trouble.WatchesLate(at, steps, place, span / 2, span),
            10 => new Trouble.ClockWrong(at, steps, place, TimeSpan.FromSeconds((which % 241) - 120)),
            11 => new Trouble.Paused(at, steps, s_shortestPause + (span * 2)),
            12 => new Trouble.MachineDeleted(at, steps, 1 + (which % options.Machines), which % 4 == 0 ? null : span / 4),
            13 => new Trouble.Retried(at, steps, 1 + (which % options.Machines)),
            14 => new Trouble.PasswordWrong(at, steps, span * 2),
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
