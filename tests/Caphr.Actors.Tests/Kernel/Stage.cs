using Caphr.Actors.Kernel;
using Caphr.Actors.Kernel.Simulation;

namespace Caphr.Actors.Tests.Kernel;

/// <summary>An actor system on a virtual clock and one thread, with everything it publishes kept for looking at.</summary>
internal sealed class Stage
{
    private int _names;

    public Stage(int seed = 1, SupervisorStrategy? guardianStrategy = null)
    {
        Clock = new VirtualClock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Dispatcher = new DeterministicDispatcher(Clock, new Random(seed));
        System = new ActorSystem("test", Clock, new Random(seed), Dispatcher, guardianStrategy);
    }

    public VirtualClock Clock { get; }

    public DeterministicDispatcher Dispatcher { get; }

    public ActorSystem System { get; }

    public IActorRef<TMessage> Start<TMessage>(Func<Actor<TMessage>> factory, string name = "subject", int capacity = Props.DefaultMailboxCapacity) =>
        System.ActorOf(new Props<TMessage>(factory) { MailboxCapacity = capacity }, name);

    /// <summary>An actor that keeps what it is told.</summary>
    public Probe<TMessage> Probe<TMessage>()
    {
        var heard = new List<TMessage>();
        return new Probe<TMessage>(System.ActorOf(Props.Create(() => new Recorder<TMessage>(heard)), $"probe-{++_names}"), heard);
    }

    /// <summary>Everything of this kind published from now on.</summary>
    public IReadOnlyList<TEvent> Published<TEvent>()
    {
        var probe = Probe<TEvent>();
        System.EventStream.Subscribe(probe.Ref);
        return probe.Heard;
    }

    public void Settle() => Dispatcher.RunUntilIdle();

    public void Pass(TimeSpan span) => Dispatcher.RunFor(span);

    public ActorNode Look(IActorRef actor) => System.Tree().SelfAndDescendants().Single(node => node.Path == actor.Path);

    public bool IsAlive(IActorRef actor) => System.Tree().SelfAndDescendants().Any(node => node.Path == actor.Path);

    private sealed class Recorder<TMessage>(List<TMessage> heard) : Actor<TMessage>
    {
        protected override void Receive(TMessage message) => heard.Add(message);
    }
}

internal sealed record Probe<TMessage>(IActorRef<TMessage> Ref, List<TMessage> Heard);

/// <summary>An actor made of one function, for tests that are about the kernel and not about an actor.</summary>
internal sealed class Scripted<TMessage>(Action<Scripted<TMessage>, TMessage> receive) : Actor<TMessage>
{
    public Action<Scripted<TMessage>>? OnStart { get; init; }

    public Action<Scripted<TMessage>>? OnStop { get; init; }

    public SupervisorStrategy Strategy { get; init; } = SupervisorStrategy.Default;

    public new ActorContext<TMessage> Context => base.Context;

    protected override SupervisorStrategy SupervisorStrategy => Strategy;

    protected override void PreStart() => OnStart?.Invoke(this);

    protected override void PostStop() => OnStop?.Invoke(this);

    protected override void Receive(TMessage message) => receive(this, message);
}
