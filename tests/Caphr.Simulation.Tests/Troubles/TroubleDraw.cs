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
internal static partial class TroubleDraw
{
    /// <summary>Long enough for a server to be installed, given back and installed again.</summary>
    private static readonly TimeSpan s_storm = TimeSpan.FromMinutes(16);

    /// <summary>What the last trouble leads to is still a part of the storm.</summary>
    private static readonly TimeSpan s_aftermath = TimeSpan.FromMinutes(4);

    /// <summary>Longer than news of it may travel, so that what is begun in it is seen.</summary>
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMinutes(2);

    /// <summary>When most machines run, if nothing goes wrong.</summary>
    private static readonly TimeSpan s_clusterIsUp = TimeSpan.FromMinutes(6);

    private const int FirstServer = 2938101;
    private const int MostSteps = 40;

    private static readonly ServerFault[] s_ofServers = [.. Enum.GetValues<ServerFault>()];
    private static readonly TalosFault[] s_ofNodes = [.. Enum.GetValues<TalosFault>()];
    private static readonly ApiFault[] s_ofApi = [ApiFault.WatchesDropped, ApiFault.HistoryForgotten, ApiFault.Conflicts, ApiFault.Overloaded, ApiFault.Unavailable];
    private static readonly RobotScenario[] s_ofRobot = [RobotScenario.Maintenance, RobotScenario.LateActive, RobotScenario.HtmlErrors, RobotScenario.EmptyBodies, RobotScenario.InProgress];
    private static readonly string[] s_annotations = [Names.PowerCycleAnnotation, Names.InspectAnnotation, Names.RetryAnnotation, Names.AcceptAnnotation];
    private static readonly int[] s_answers = [503, 500, 403, 429, 409];

    /// <summary>When something begins that another replica, a crash or a pause may come between.</summary>
    private static readonly string[] s_beginnings =
    [
        "server.rescue-intended", "server.reset-intended", "server.rescue-reached", "server.install-intended", "server.image-written", "server.maintenance-reached",
        "server.wipe-intended", "server.dismissal-intended",
    ];

    /// <summary>When an intent is about to be written.</summary>
    private static readonly string[] s_beforeIntents = ["server.rescue-reached", "server.rescue-reached", "server.rescue-intended"];

    /// <summary>When what follows takes a while, and the next step comes after it.</summary>
    private static readonly string[] s_beforeWaits = ["server.reset-pressed", "server.reset-pressed", "server.install-intended", "server.rescue-left"];

    private static readonly string[] s_inRescue = ["server.install-intended", "server.install-intended", "server.install-intended", "server.wipe-intended"];

    /// <summary>When the next reset, if there is one soon, comes out of a rescue system.</summary>
    private static readonly string[] s_beforeRescueAgain = ["server.released", "server.install-intended", "server.wipe-intended"];

    /// <summary>Each kind, and how much there is of it in each theme, in the order of <see cref="Theme"/>: everything, replicas, people, hardware, orders, news.</summary>
    private static readonly (int[] Weights, Func<Roll, Trouble> Make)[] s_kinds =
    [
        ([18, 16, 8, 8, 8, 12], roll => new Trouble.Crash(roll.At, roll.Steps, roll.Place, roll.Span / 4)),
        ([4, 12, 2, 1, 2, 4], roll => new Trouble.StandStill(roll.At, roll.Steps, roll.Place, roll.Span)),
        ([12, 18, 4, 3, 12, 8], roll => new Trouble.LinkDown(
            roll.At, roll.Steps, roll.Which % 3 == 0 ? null : roll.Place, Pick(Enum.GetValues<Link>(), roll.Which / 3), roll.Which % 2 == 0 ? LinkState.Broken : LinkState.Silent, roll.Span)),
        ([10, 10, 2, 2, 18, 10], roll => new Trouble.AnswersLost(roll.At, roll.Steps, roll.Place, Pick(Enum.GetValues<Link>(), roll.Which), 1 + (roll.Which % 3))),
        ([16, 4, 8, 44, 8, 2], roll => OfServer(roll, Pick(s_ofServers, roll.Which))),
        ([5, 1, 4, 10, 2, 1], roll => new Trouble.OfLab(roll.At, roll.Steps, new LabFault.OfTalos(roll.Server, Pick(s_ofNodes, roll.Which)), roll.Span * 2)),
        ([5, 2, 2, 2, 18, 1], roll => new Trouble.OfLab(roll.At, roll.Steps, Reply(roll.Which), Span: null)),
        ([3, 1, 2, 1, 8, 1], roll => new Trouble.OfLab(roll.At, roll.Steps, new LabFault.OfRobot(Pick(s_ofRobot, roll.Which)), roll.Span)),
        ([4, 2, 2, 1, 1, 16], roll => new Trouble.OfLab(roll.At, roll.Steps, new LabFault.OfApi(Pick(s_ofApi, roll.Which), 1 + (roll.Which % 4)), Span: null)),
        ([3, 4, 4, 1, 1, 12], roll => new Trouble.WatchesLate(roll.At, roll.Steps, roll.Place, roll.Span / 2, roll.Span)),
        ([2, 2, 2, 1, 1, 1], roll => new Trouble.ClockWrong(roll.At, roll.Steps, roll.Place, TimeSpan.FromSeconds((roll.Which % 241) - 120))),
        ([3, 1, 8, 1, 1, 3], roll => new Trouble.Paused(roll.At, roll.Steps, s_shortestPause + (roll.Span * 2))),
        ([9, 6, 30, 11, 12, 10], roll => new Trouble.MachineDeleted(roll.At, roll.Steps, 1 + (roll.Which % roll.Options.Machines), roll.Which % 4 == 0 ? null : roll.Span / 4)),
        ([2, 0, 5, 2, 1, 1], roll => new Trouble.Retried(roll.At, roll.Steps, 1 + (roll.Which % roll.Options.Machines))),
        ([2, 0, 3, 1, 3, 0], roll => new Trouble.PasswordWrong(roll.At, roll.Steps, s_shortestPause + (roll.Span * 2))),
        ([2, 1, 6, 3, 1, 1], roll => new Trouble.HostAnnotated(roll.At, roll.Steps, roll.Server, Pick(s_annotations, roll.Which))),
        ([3, 18, 1, 1, 2, 3], roll => roll.When(s_beginnings, Milliseconds(250, roll), new Trouble.Overtaken(roll.At, roll.Steps, roll.Place, Milliseconds(400, roll)))),
        ([2, 4, 1, 1, 3, 1], roll => roll.When(s_beginnings, Milliseconds(250, roll), new Trouble.Crash(roll.At, roll.Steps, roll.Place, roll.Span / 4))),
        ([2, 4, 1, 1, 4, 1], roll => roll.When(s_beforeIntents, Milliseconds(80, roll), new Trouble.LinkDown(roll.At, roll.Steps, roll.Place, Link.Database, roll.Which % 2 == 0 ? LinkState.Broken : LinkState.Silent, roll.Span / 4))),
        ([3, 1, 8, 1, 1, 4], roll => roll.When(s_beforeWaits, Milliseconds(60_000, roll), new Trouble.Paused(roll.At, roll.Steps, s_shortestPause + s_shortestPause + roll.Span))),
        ([4, 1, 3, 12, 3, 1], roll => roll.When(s_inRescue, Milliseconds(20_000, roll), new Trouble.RescuedAnew(roll.At, roll.Steps, roll.Server))),
        ([4, 1, 8, 9, 8, 1], roll => roll.When(s_beforeRescueAgain, Milliseconds(250, roll), OfServer(roll, ServerFault.ResetSilent))),
        ([1, 1, 3, 1, 1, 12], roll => new Trouble.Rush(roll.At, roll.Steps, roll.Place, roll.Span / 2, 2 + (roll.Which % 2))),
        // A server is only given away when nothing is on it yet, which is most of them in the beginning.
        ([1, 0, 2, 5, 0, 0], roll => new Trouble.DisksTaken(roll.At / 4, roll.Steps, roll.Server)),
    ];

    /// <summary>Every kind that can be drawn, as coverage names them.</summary>
    public static IReadOnlyList<string> Kinds =>
    [
        .. Enumerable.Range(0, 4000)
            .SelectMany(seed => Of(new SimulationOptions { Seed = seed, Servers = 1, Machines = 1, Troubles = 1, Theme = (Theme)(seed % Enum.GetValues<Theme>().Length) }))
            .Select(trouble => trouble.Kind)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<Trouble> Of(SimulationOptions options)
    {
        var random = new Random(unchecked((options.Seed * 7907) + 13));
        List<Trouble> drawn = [.. Enumerable.Range(0, options.Troubles).Select(_ => One(options, random)), .. Rare(options)];
        return [.. drawn.Where((_, index) => options.Keep?.Contains(index) ?? true).OrderBy(trouble => trouble.At)];
    }

    public static TimeSpan EndOf(IReadOnlyList<Trouble> troubles) => troubles[^1].At + s_aftermath;

    private static Trouble One(SimulationOptions options, Random random)
    {
        var roll = new Roll(options, random);
        var theme = (int)options.Theme;
        var pick = random.Next(s_kinds.Sum(kind => kind.Weights[theme]));
        var at = 0;
        for (; pick >= s_kinds[at].Weights[theme]; at++) pick -= s_kinds[at].Weights[theme];
        return s_kinds[at].Make(roll);
    }

    private static Trouble.OfLab OfServer(Roll roll, ServerFault kind) =>
        new(roll.At, roll.Steps, new LabFault.OfServer(roll.Server, kind), FaultSpans.Of(kind) == FaultSpan.Lasting ? roll.Span * 4 : null);

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

    private static TimeSpan Milliseconds(int most, Roll roll) => TimeSpan.FromMilliseconds(roll.Which / 16 % most);

    /// <summary>What every trouble is made of. Drawn in one order whatever it becomes.</summary>
    private sealed class Roll(SimulationOptions options, Random random)
    {
        public SimulationOptions Options => options;

        /// <summary>Most of it while most is going on: a cluster comes up in five minutes.</summary>
        public TimeSpan At { get; } = s_storm * Math.Pow(random.NextDouble(), 1.7);

        public int Steps { get; } = random.Next(MostSteps);

        public int Place { get; } = random.Next(options.Replicas);

        public TimeSpan Span { get; } = TimeSpan.FromSeconds(Math.Pow(10, 0.3 + (2.2 * random.NextDouble())));

        public int Server { get; } = FirstServer + random.Next(options.Servers);

        public int Which { get; } = random.Next(int.MaxValue);

        /// <summary>Sooner than the rest: most lives begin in the first minutes, and it has to wait for them.</summary>
        public Trouble.AtMoment When(string[] moments, TimeSpan later, Trouble then) => new(At / 2, Steps, Pick(moments, Which), later, then);
    }
}
