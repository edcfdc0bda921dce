using System.Globalization;
using System.Net;
using Caphr.Lab.World;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Robot;

/// <summary>One call of the API: how it is addressed, how often per hour it may be made, and what it does.</summary>
internal sealed record RobotEndpoint(HttpMethod Method, string Template, int PerHour, Func<RobotArguments, RobotReply> Answer);

/// <summary>What a request says, in its path and in its form.</summary>
internal sealed record RobotArguments(LabWorld World, IReadOnlySet<RobotScenario> Scenarios, Func<string, string> Path, Func<string, string> Query, IFormCollection Form)
{
    /// <summary>Robot takes the number, and for old times' sake the main address.</summary>
    public LabServer? Server => Find(Path("server"));

    public LabServer? Find(string numberOrAddress) => int.TryParse(numberOrAddress, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? World.Find(number)
        : IPAddress.TryParse(numberOrAddress, out var address) ? World.Find(address) : null;

    /// <summary>Lists come as <c>name</c>, <c>name[]</c> or <c>name[0]</c>.</summary>
    public IReadOnlyList<string> List(string name) =>
    [
        .. Form.Where(field => field.Key == name || field.Key.StartsWith($"{name}[", StringComparison.Ordinal)).SelectMany(field => field.Value).OfType<string>(),
    ];

    public RobotReply OnServer(Func<LabServer, RobotReply> answer) =>
        Server is { } server ? answer(server) : RobotReply.Error(404, "SERVER_NOT_FOUND", "server not found");
}
