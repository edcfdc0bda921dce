using System.Globalization;
using Caphr.Protocols.Kubernetes.Resources;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Runs.Fleets;

/// <summary>As many machines as servers are applied at once to a world in which nothing goes wrong, and one controller has them provisioned.</summary>
internal sealed class FleetRun : IDisposable
{
    private readonly Dictionary<string, int> _servers;
    private readonly Dictionary<int, TimeSpan> _provisioned = [];

    public FleetRun(int seed, int servers, WorkMeter? meter = null)
    {
        World = new SimulatedWorld(new SimulationOptions { Seed = seed, Servers = servers, Machines = servers, Troubles = 0 }, meter: meter);
        Manifests.ApplyRescueKey(World.Person);
        Applied = World.Clock.GetUtcNow() - World.Clock.Elapsed;
        _servers = World.Lab.Servers.ToDictionary(server => Manifests.HostName(server.Number), server => server.Number, StringComparer.Ordinal);
        World.Watch.Mirror.MachineChanged += Hear;
    }

    public SimulatedWorld World { get; }

    public FleetStory Story => FleetStory.From(World.Lab.Ledger.All(), _provisioned, World.Robot.Requests, Applied);

    private DateTimeOffset Applied { get; }

    /// <summary>Raised for each machine that is provisioned.</summary>
    public event Action<int>? Came;

    /// <returns>Null when all are provisioned, or why not.</returns>
    public string? Run()
    {
        var isOver = World.Dispatcher.RunUntil(IsOver, World.Options.Patience);
        if (World.Watch.Violation is { } violation) return violation.ToString();
        return isOver ? null : string.Create(CultureInfo.InvariantCulture, $"{_provisioned.Count} of {_servers.Count} after {World.Clock.Elapsed}: {Convergence.WhyNot(World)}");
    }

    public void Dispose() => World.Dispose();

    private bool IsOver()
    {
        // At every step, because what a machine's status was at is what is measured.
        World.Watch.Mirror.CatchUp();
        return _provisioned.Count == _servers.Count || World.Watch.Violation is not null;
    }

    private void Hear(HetznerRobotMachine? before, HetznerRobotMachine after)
    {
        if (after.Status.Initialization?.Provisioned != true || !_provisioned.TryAdd(_servers[after.Status.HostRef!.Name], World.Clock.Elapsed)) return;
        Came?.Invoke(_provisioned.Count);
    }
}
