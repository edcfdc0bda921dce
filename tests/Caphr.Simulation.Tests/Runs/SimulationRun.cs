using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.Troubles;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Runs;

/// <summary>First the storm, then everything heals, then everything must come to rest.</summary>
internal sealed class SimulationRun : IDisposable
{
    private static readonly TimeSpan s_glance = TimeSpan.FromSeconds(5);

    private readonly SimulatedWorld _world;
    private readonly Queue<Trouble> _ahead;
    private readonly IReadOnlyList<Trouble> _troubles;
    private TimeSpan _nextGlance;
    private int _stepsToTrouble = -1;

    public SimulationRun(SimulationOptions options, Action<string>? trace = null)
    {
        _troubles = TroubleDraw.Of(options);
        _ahead = new Queue<Trouble>(_troubles);
        _world = new SimulatedWorld(options, trace);
    }

    public SimulatedWorld World => _world;

    public static RunResult Run(SimulationOptions options, Action<string>? trace = null)
    {
        using var simulation = new SimulationRun(options, trace);
        return simulation.Run();
    }

    public RunResult Run()
    {
        try
        {
            if (_troubles.Count > 0)
            {
                Go(() => false, TroubleDraw.EndOf(_troubles));
                _world.Dispatcher.Run(Heal);
            }

            var settled = Go(() => Convergence.WhyNot(_world) is null, _world.Options.Patience);
            _world.Watch.Finish();
            if (_world.Watch.Violation is { } violation) return Result(Verdict.Unsafe, violation.ToString());
            return settled ? Result(Verdict.Good, "") : Result(Verdict.Stuck, Convergence.WhyNot(_world) ?? "nothing was left to wait for");
        }
#pragma warning disable CA1031 // Whatever ends a run is its result: the seed is what a person needs.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            return Result(Verdict.Crashed, bug.ToString());
        }
    }

    public void Dispose() => _world.Dispose();

    /// <summary>False when it did not come about in time.</summary>
    private bool Go(Func<bool> isThere, TimeSpan limit)
    {
        var arrived = false;
        _world.Dispatcher.RunUntil(
            () =>
            {
                Strike();
                if (_world.Watch.Violation is not null) return true;
                if (_world.Clock.Elapsed < _nextGlance) return false;
                _nextGlance = _world.Clock.Elapsed + s_glance;
                _world.Watch.Mirror.CatchUp();
                return arrived = isThere();
            },
            limit);
        return arrived;
    }

    private void Strike()
    {
        while (_ahead.TryPeek(out var next) && next.At <= _world.Clock.Elapsed)
        {
            if (_stepsToTrouble < 0) _stepsToTrouble = next.Steps;
            if (_stepsToTrouble-- > 0) return;
            _ahead.Dequeue();
            _world.Watch.Mirror.CatchUp();
            next.Come(_world);
        }
    }

    private void Heal()
    {
        _world.Watch.Note("everything heals");
        _world.IsHealed = true;
        _world.Lab.Faults.HealAll();
        _world.Robot.ClearFaults();
        _world.Database.Ledger.ForgetLogins();
        Manifests.ChangePassword(_world.Person, Manifests.Password);
        Manifests.Pause(_world.Person, paused: false);
        for (var place = 0; place < _world.Processes.Count; place++)
        {
            var process = _world.Processes[place];
            process.Wire.Heal();
            process.Clock.Wrong = TimeSpan.Zero;
            process.GoOn();
            if (!process.IsAlive) _world.StartProcess(place);
        }
    }

    private RunResult Result(Verdict verdict, string why) => new(
        _world.Options, verdict, why, _world.Watch.Trace.Hash, _world.Watch.Trace.Lines, _world.Clock.Elapsed, _world.Watch.Lives, _troubles, [.. _world.Logs.Lines], _world.Watch.Coverage);
}
