using System.Collections.Immutable;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Caphr.Lab.Robot;

/// <summary>
/// Hetzner's Robot web service for the servers of a <see cref="LabWorld"/>: its forms, error bodies, quotas and block, and what its
/// buttons do to the hardware. Hours and minutes run at the world's time scale. It is a function from call to answer; once started, it is
/// served over HTTP as well.
/// </summary>
public sealed class LabRobot : IAsyncDisposable, IFaultyPart
{
    private readonly Lock _gate = new();
    private readonly LabWorld _world;
    private readonly LabRobotOptions _options;
    private readonly RobotRoutes _routes;
    private readonly RobotDoor _door;
    private readonly RobotQuotas _quotas;
    private readonly RobotFaults _faults = new();
    private readonly ResetEndpoints _resets = new();
    private readonly List<RobotRequest> _requests = [];
    private volatile ImmutableSortedSet<RobotScenario> _scenarios = [];
    private RobotHttp? _http;

    public LabRobot(LabWorld world, LabRobotOptions options)
    {
        _world = world;
        _options = options;
        _door = new RobotDoor(options, world.Time);
        _quotas = new RobotQuotas(world.Time);
        var keys = new KeyEndpoints(world.Time);
        var rescue = new RescueEndpoints(keys, world.Time, new Random(world.Options.Seed));
        _routes = new RobotRoutes(
        [
            .. new ServerEndpoints().All(), .. new NetworkEndpoints().All(), .. _resets.All(), .. rescue.All(), .. keys.All(),
            .. new SwitchEndpoints(world.Time).All(), .. new FirewallEndpoints(world.Time).All(), .. OrderEndpoints.All(),
        ]);
        world.Faults.Register(this);
    }

    /// <summary>Raised for every request once it is among <see cref="Requests"/>, and before it is answered.</summary>
    public event Action<RobotRequest>? Recorded;

    /// <summary>Known once started.</summary>
    public Uri BaseAddress => _http?.BaseAddress ?? throw new InvalidOperationException("Robot is not served over HTTP.");

    /// <summary>All requests so far, in the order in which they were answered.</summary>
    public IReadOnlyList<RobotRequest> Requests
    {
        get { lock (_gate) return [.. _requests]; }
    }

    /// <summary>The scenarios that are on.</summary>
    public IReadOnlySet<RobotScenario> Scenarios => _scenarios;

    public IEnumerable<LabFault> Standing => _scenarios.Select(scenario => new LabFault.OfRobot(scenario));

    public async Task StartAsync(CancellationToken cancellation)
    {
        _http = new RobotHttp(this, _options, _world.Time.Clock);
        await _http.StartAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_http is not null) await _http.DisposeAsync();
    }

    public int Count(HttpMethod method, string template) => Requests.Count(request => request.Method == method && request.Template == template);

    /// <summary>Lets the next requests, of this kind if one is named, go wrong.</summary>
    public void Inject(RobotFault fault, int times = 1, HttpMethod? method = null, string? template = null) => _faults.Add(fault, times, method, template);

    public void Switch(RobotScenario scenario, bool on) => _scenarios = on ? _scenarios.Add(scenario) : _scenarios.Remove(scenario);

    public void ClearFaults() => _faults.Clear();

    /// <summary>Ends a manual reset. It presses nothing: the technician may have found another cure.</summary>
    public void TechnicianWasThere(int server) => _resets.TechnicianWasThere(server);

    public bool TryBreak(LabFault fault)
    {
        if (fault is LabFault.OfRobot(var scenario)) Switch(scenario, on: true);
        else if (fault is LabFault.OfReply reply) Inject(reply.Kind, reply.Times, reply.Method is null ? null : HttpMethod.Parse(reply.Method), reply.Template);
        else return false;
        return true;
    }

    public bool TryHeal(LabFault fault)
    {
        if (fault is LabFault.OfRobot(var scenario)) Switch(scenario, on: false);
        else if (fault is LabFault.OfReply) ClearFaults();
        else return false;
        return true;
    }

    /// <summary>What Robot does and says. Whatever follows from it follows on the world's clock.</summary>
    public LabRobotAnswer Answer(LabRobotCall call)
    {
        var (path, query) = call.Target.Split('?', 2) is [var before, var after] ? (before, after) : (call.Target, "");
        if (_routes.Find(call.Method, path) is not ({ } endpoint, { } parameter)) return new LabRobotAnswer.Told(404, null);

        var fault = _faults.Take(endpoint.Method, endpoint.Template);
        if (fault is RobotFault.Silence)
        {
            Record(endpoint, path, status: null);
            return new LabRobotAnswer.Silent();
        }

        var reply = fault is RobotFault.Answer planned
            ? new RobotReply(planned.Status, planned.Body)
            : RobotShapes.Apply(_scenarios, endpoint.Method, Serve(endpoint, call, parameter, QueryHelpers.ParseQuery(query)));
        Record(endpoint, path, reply.Status);
        return reply.IsLost || fault is RobotFault.LoseReply ? new LabRobotAnswer.Lost() : new LabRobotAnswer.Told(reply.Status, reply.Body);
    }

    /// <summary>If nothing is chosen, a 403 that explains nothing: the form that is hardest to understand.</summary>
    private RobotReply ForBlocked =>
        _scenarios.Contains(RobotScenario.BlockedAsUnauthorized) ? RobotDoor.Unauthorized
        : RobotReply.Nothing(403) with { IsLost = _scenarios.Contains(RobotScenario.BlockedAsHangUp) };

    private RobotReply Serve(RobotEndpoint endpoint, LabRobotCall call, Func<string, string> parameter, Dictionary<string, Microsoft.Extensions.Primitives.StringValues> query)
    {
        if (_door.Refuse(call.Caller, call.Authorization, _scenarios.Contains(RobotScenario.PasswordChanged), ForBlocked) is { } refused) return refused;
        if (_quotas.Refuse(endpoint.Method, endpoint.Template, endpoint.PerHour, _scenarios.Contains(RobotScenario.SharedQuotas)) is { } limited) return limited;
        using var reader = new FormReader(call.Form);
        var form = new FormCollection(reader.ReadForm());
        return endpoint.Answer(new RobotArguments(_world, _scenarios, parameter, name => query.GetValueOrDefault(name).ToString(), form));
    }

    private void Record(RobotEndpoint endpoint, string path, int? status)
    {
        var request = new RobotRequest(_world.Time.Now, endpoint.Method, endpoint.Template, path, status);
        lock (_gate) _requests.Add(request);
        Recorded?.Invoke(request);
    }
}
