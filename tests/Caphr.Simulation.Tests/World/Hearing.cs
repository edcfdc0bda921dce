using System.Diagnostics;
using Caphr.Actors.Kernel;
using Caphr.Actors.Servers;
using Caphr.Simulation.Tests.Checks;

namespace Caphr.Simulation.Tests.World;

/// <summary>What the servers of one controller hear, and in which state they do: by the traces that are left and the states that are published.</summary>
internal sealed class Hearing
{
    /// <summary>The messages in which a server hears something, and the end of reading its journal, in which it hears that it was.</summary>
    private static readonly string[] s_activities = [nameof(ServerMessage.Hear), nameof(ServerMessage.LookAgain), "Continue"];

    private static readonly ActivityListener s_listener = new()
    {
        // By its name: the source asks this while it is made, and could not be asked back.
        ShouldListenTo = source => source.Name == "Caphr",
        Sample = static (ref activity) => s_activities.Contains(activity.Name) ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
        // There is one for all worlds, and whatever runs of a process runs in its context.
        ActivityStopped = activity => (SynchronizationContext.Current as ControllerProcess)?.Hearing.Hear(activity),
    };

    private readonly Coverage _coverage;
    private readonly Dictionary<int, ServerState> _states = [];

    public Hearing(EventStream stream, Coverage coverage)
    {
        _coverage = coverage;
        ActivitySource.AddActivityListener(s_listener);
        stream.Subscribe(new Ear<ServerRecovered>(recovered => See(recovered.Server)));
        stream.Subscribe(new Ear<ServerChanged>(changed => See(changed.Server)));
    }

    private void See(ServerSnapshot server) => _states[server.State.Number.Value] = server.State;

    /// <summary>A state is published when its events are durable, which is after the message that led to them.</summary>
    private void Hear(Activity message)
    {
        if (message.GetTagItem("caphr.heard") is not string input || message.GetTagItem("caphr.server") is not int server) return;
        var state = _states[server];
        // An older step's answer is heard and not listened to.
        if (message.GetTagItem("caphr.step") is int step && step != state.Step) return;
        _coverage.Heard(state, message.GetTagItem("caphr.advice") is string advice ? $"{input} ({advice})" : input);
    }

    /// <summary>Hears at once, in the turn of whoever publishes: an actor of its own would be one more in a world that is to be as without it.</summary>
    private sealed class Ear<T>(Action<T> hear) : IActorRef<T>
    {
        public ActorPath Path { get; } = ActorPath.Root.Child("hearing");

        public void Tell(T message) => hear(message);

        public Task<TReply> Ask<TReply>(Func<IActorRef<TReply>, T> question, TimeSpan timeout, CancellationToken cancellation = default) => throw new NotSupportedException();
    }
}
