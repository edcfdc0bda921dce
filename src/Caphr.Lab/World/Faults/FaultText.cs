using System.Globalization;
using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Protocols;

namespace Caphr.Lab.World.Faults;

/// <summary>
/// Faults in the words that people type, scripts hold and recordings keep; what is written is read again as the same.
/// <code>
/// server 2938104 rescue-never-boots
/// server any reset-silent chance 5% on reset-pressed
/// server 2938104 power-lost write 40%
/// talos 2938104 apply-busy in 2m
/// robot maintenance
/// robot lose-reply times 2 of POST /reset/{server}
/// api unavailable times 10
/// clock jump 2h
/// </code>
/// </summary>
public static class FaultText
{
    public const string Everything = "all";

    private const string Any = "any";

    public static string Of(LabFault fault) => fault switch
    {
        LabFault.OfServer ofServer => $"server {Number(ofServer.Server)} {Words.Of(ofServer.Kind)}{Times(ofServer.Times)}",
        LabFault.OfTalos ofTalos => $"talos {Number(ofTalos.Server)} {Words.Of(ofTalos.Kind)}",
        LabFault.OfRobot ofRobot => $"robot {Words.Of(ofRobot.Kind)}",
        LabFault.OfReply ofReply => $"robot {Of(ofReply.Kind)}{Times(ofReply.Times == 1 ? null : ofReply.Times)}{(ofReply.Method is null ? "" : $" of {ofReply.Method} {ofReply.Template}")}",
        LabFault.OfApi ofApi => $"api {Words.Of(ofApi.Kind)}{Times(ofApi.Times == 1 ? null : ofApi.Times)}",
        LabFault.OfClock clock => $"clock jump {Of(clock.Jump)}",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    public static string Of(PlannedFault fault) => fault.When switch
    {
        FaultMoment.AtOnce => Of(fault.What),
        FaultMoment.After(var wait) => $"{fault.What} in {Of(wait)}",
        FaultMoment.OnFact(var occasion) => $"{fault.What} on {Words.Of(occasion)}",
        FaultMoment.InWrite(var share) => $"{fault.What} write {Percent(share)}",
        FaultMoment.ByChance(var probability, var occasion) => $"{fault.What} chance {Percent(probability)} on {Words.Of(occasion)}",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    public static Outcome<PlannedFault, LabFailure> Read(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        if (!FaultMoments.TakeFrom(words).TryGet(out var moment, out var failure)) return failure;
        return ReadFault(words).Then(fault => new PlannedFault(fault, moment));
    }

    public static Outcome<LabFault, LabFailure> ReadFault(IReadOnlyList<string> words)
    {
        List<string> rest = [.. words];
        var only = FaultMoments.TakeTail(rest, "of", 2);
        if (FaultMoments.TakeTail(rest, "times", 1) is not [var number]) number = "";
        int? times = null;
        if (number.Length > 0)
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var read) || read == 0) return new LabFailure($"\"times {number}\" wants a number above 0.");
            times = read;
        }

        return rest switch
        {
            ["server", var server, var name] => Kind<ServerFault>(name, "server", kind => Server(server, which => new LabFault.OfServer(which, kind, times))),
            ["talos", var server, var name] => Kind<TalosFault>(name, "talos", kind => Server(server, which => new LabFault.OfTalos(which, kind))),
            ["robot", "lose-reply"] => new LabFault.OfReply(new RobotFault.LoseReply(), times ?? 1, only?[0], only?[1]),
            ["robot", "silence"] => new LabFault.OfReply(new RobotFault.Silence(), times ?? 1, only?[0], only?[1]),
            ["robot", "answer", var status] when int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 200 and <= 599 =>
                new LabFault.OfReply(new RobotFault.Answer(code), times ?? 1, only?[0], only?[1]),
            ["robot", var name] => Kind<RobotScenario>(name, "robot", kind => new LabFault.OfRobot(kind)),
            ["api", var name] => Kind<ApiFault>(name, "api", kind => new LabFault.OfApi(kind, times ?? 1)),
            ["clock", "jump", var span] when FaultMoments.TrySpan(span, out var jump) => new LabFault.OfClock(jump),
            _ => new LabFailure($"\"{string.Join(' ', words)}\" is no fault. One begins with: server N NAME, talos N NAME, robot NAME, api NAME, or clock jump TIME."),
        };
    }

    internal static string Of(TimeSpan span) => span.ToString("c", CultureInfo.InvariantCulture);

    private static string Of(RobotFault fault) => fault switch
    {
        RobotFault.LoseReply => "lose-reply",
        RobotFault.Silence => "silence",
        RobotFault.Answer answer => string.Create(CultureInfo.InvariantCulture, $"answer {answer.Status}"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static string Number(int? server) => server?.ToString(CultureInfo.InvariantCulture) ?? Any;

    private static string Times(int? times) => times is { } so ? string.Create(CultureInfo.InvariantCulture, $" times {so}") : "";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.####}%");

    private static Outcome<LabFault, LabFailure> Kind<T>(string name, string of, Func<T, Outcome<LabFault, LabFailure>> fault)
        where T : struct, Enum => Words.Find<T>(name) is { } kind
            ? fault(kind)
            : new LabFailure($"\"{name}\" is nothing that {of} can suffer. There is: {string.Join(", ", Words.All<T>())}.");

    private static Outcome<LabFault, LabFailure> Server(string number, Func<int?, LabFault> fault) => number == Any
        ? fault(null)
        : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var which) ? fault(which) : new LabFailure($"\"{number}\" is no server: it wants a number, or any.");
}
