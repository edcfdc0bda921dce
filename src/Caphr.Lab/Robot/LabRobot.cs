using System.Collections.Immutable;
using System.Net;
using Caphr.Lab.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Caphr.Lab.Robot;

/// <summary>
/// Hetzner's Robot web service for the servers of a <see cref="LabWorld"/>: its forms, error bodies, quotas and block, and what its
/// buttons do to the hardware. Hours and minutes run at the world's time scale.
/// </summary>
public sealed class LabRobot : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly LabWorld _world;
    private readonly WebApplication _app;
    private readonly RobotDoor _door;
    private readonly RobotQuotas _quotas;
    private readonly RobotFaults _faults = new();
    private readonly ResetEndpoints _resets = new();
    private readonly List<RobotRequest> _requests = [];
    private volatile ImmutableSortedSet<RobotScenario> _scenarios = [];

    public LabRobot(LabWorld world, LabRobotOptions options)
    {
        _world = world;
        _door = new RobotDoor(options, world.Time);
        _quotas = new RobotQuotas(world.Time);
        var keys = new KeyEndpoints(world.Time);
        var rescue = new RescueEndpoints(keys, new Random(world.Options.Seed));
        _app = LabWeb.Build(options.Address, options.Port);
        IEnumerable<RobotEndpoint> endpoints =
        [
            .. new ServerEndpoints().All(), .. new NetworkEndpoints().All(), .. _resets.All(), .. rescue.All(), .. keys.All(),
            .. new SwitchEndpoints(world.Time).All(), .. new FirewallEndpoints(world.Time).All(), .. OrderEndpoints.All(),
        ];
        foreach (var endpoint in endpoints)
            _app.MapMethods(endpoint.Template, [endpoint.Method.Method], context => Serve(endpoint, context));
    }

    /// <summary>Raised for every request once it is among <see cref="Requests"/>, and before it is answered.</summary>
    public event Action<RobotRequest>? Recorded;

    public Uri BaseAddress => LabWeb.AddressOf(_app);

    /// <summary>All requests so far, in the order in which they were answered.</summary>
    public IReadOnlyList<RobotRequest> Requests
    {
        get { lock (_gate) return [.. _requests]; }
    }

    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public int Count(HttpMethod method, string template) => Requests.Count(request => request.Method == method && request.Template == template);

    /// <summary>Lets the next requests, of this kind if one is named, go wrong.</summary>
    public void Inject(RobotFault fault, int times = 1, HttpMethod? method = null, string? template = null) => _faults.Add(fault, times, method, template);

    /// <summary>The scenarios that are on.</summary>
    public IReadOnlySet<RobotScenario> Scenarios => _scenarios;

    public void Switch(RobotScenario scenario, bool on) => _scenarios = on ? _scenarios.Add(scenario) : _scenarios.Remove(scenario);

    public void ClearFaults() => _faults.Clear();

    /// <summary>Ends a manual reset. It presses nothing: the technician may have found another cure.</summary>
    public void TechnicianWasThere(int server) => _resets.TechnicianWasThere(server);

    private async Task Serve(RobotEndpoint endpoint, HttpContext context)
    {
        var fault = _faults.Take(endpoint.Method, endpoint.Template);
        if (fault is RobotFault.Silence)
        {
            Record(endpoint, context, status: null);
            await Silence(context);
            return;
        }

        var reply = fault is RobotFault.Answer answer ? new RobotReply(answer.Status, answer.Body) : RobotShapes.Apply(_scenarios, endpoint.Method, await Answer(endpoint, context));
        Record(endpoint, context, reply.Status);
        if (fault is RobotFault.LoseReply)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        if (reply.Body is null) return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.Body, context.RequestAborted);
    }

    private async Task<RobotReply> Answer(RobotEndpoint endpoint, HttpContext context)
    {
        var caller = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (_door.Refuse(caller, context.Request.Headers.Authorization, _scenarios.Contains(RobotScenario.BlockedAsUnauthorized)) is { } refused) return refused;
        if (_quotas.Refuse(endpoint.Method, endpoint.Template, endpoint.PerHour) is { } limited) return limited;
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : new FormCollection(new Dictionary<string, StringValues>());
        return endpoint.Answer(new RobotArguments(_world, name => context.GetRouteValue(name)?.ToString() ?? "", name => context.Request.Query[name].ToString(), form));
    }

    private void Record(RobotEndpoint endpoint, HttpContext context, int? status)
    {
        var request = new RobotRequest(_world.Time.Now, endpoint.Method, endpoint.Template, context.Request.Path, status);
        lock (_gate) _requests.Add(request);
        Recorded?.Invoke(request);
    }

    private async Task Silence(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _world.Time.Clock, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller has given up, or the Lab ends.
        }
    }
}
