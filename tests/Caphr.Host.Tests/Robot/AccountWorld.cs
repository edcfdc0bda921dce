using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Actors.Servers;
using Caphr.Actors.Tests;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
using Caphr.Protocols;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Tests.Robot;

/// <summary>The real account actors on a virtual clock, before a Robot that counts.</summary>
internal sealed class AccountWorld
{
    public static readonly ObjectName Secret = new("default", "robot");

    private readonly Random _random;

    public AccountWorld(int seed = 1, IRobotLedger? ledger = null, double reserve = Budget.DefaultReserve)
    {
        _random = new Random(seed);
        Clock = new VirtualClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        Dispatcher = new DeterministicDispatcher(Clock, new Random(seed));
        Robot = new SimulatedRobot(Clock);
        Ledger = ledger ?? new MemoryRobotLedger();
        Accounts = NewReplica(reserve);
    }

    public VirtualClock Clock { get; }

    public DeterministicDispatcher Dispatcher { get; }

    public SimulatedRobot Robot { get; }

    public IRobotLedger Ledger { get; }

    public RobotAccounts Accounts { get; }

    /// <summary>What the Secret holds.</summary>
    public string Password { get; set; } = "correct";

    /// <summary>How long each call takes, at most.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(500);

    public int SecretReads { get; private set; }

    /// <summary>Another process with the same Secret and the same ledger.</summary>
    public RobotAccounts NewReplica(double reserve = Budget.DefaultReserve) => new(
        new ActorSystem("replica", Clock, new Random(_random.Next()), Dispatcher), _ => ReadAsync, Robot.Client, Ledger, new Budget(reserve));

    /// <summary>Starts something as part of the simulation.</summary>
    public Task<T> Start<T>(Func<Task<T>> work)
    {
        Task<T>? started = null;
        Dispatcher.Run(() => started = work());
        return started!;
    }

    public T Finish<T>(Task<T> started, TimeSpan? within = null)
    {
        Assert.True(Dispatcher.RunUntil(() => started.IsCompleted, within ?? TimeSpan.FromMinutes(10)), "It did not end.");
        return started.Ended();
    }

    public Outcome<T, StepProblem> Ask<T>(RobotLane lane, RobotAsk<T> ask) => Finish(Start(() => Accounts.ReadAsync(Secret, lane, ask, default)));

    public RobotReport Show() => Finish(Start(() => Accounts.ShowAsync(Secret, default)))!;

    private async Task<Outcome<RobotCredentials, StepProblem>> ReadAsync(CancellationToken cancellation)
    {
        SecretReads++;
        var password = Password;
        await Task.Delay(Latency * _random.NextDouble(), Clock, cancellation);
        return new RobotCredentials("#ws+test", password);
    }
}
