using System.Net;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue;

namespace Caphr.Lab.Rescue;

/// <summary>The SSH port of every server of the Lab, and <see cref="RescueSystems"/> behind it.</summary>
public sealed class LabRescue : IAsyncDisposable
{
    private readonly LabWorld _world;
    private readonly LabRescueOptions _options;
    private readonly HttpImages _images = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LabSshListener> _listeners = [];
    private readonly List<Task> _ending = [];
    private readonly RescueSystems _systems;

    public LabRescue(LabWorld world, LabRescueOptions options)
    {
        _world = world;
        _options = options;
        _systems = new RescueSystems(world, _images, Follow);
    }

    /// <summary>Where the server's SSH listens now, or null while nothing does.</summary>
    public IPEndPoint? EndpointOf(LabServer server)
    {
        lock (_gate) return _listeners.GetValueOrDefault(server.Number)?.Endpoint;
    }

    /// <summary>The host key of the system that runs now: what Robot may tell, and what a client should see.</summary>
    public HostKey? HostKeyOf(LabServer server)
    {
        lock (_gate) return _listeners.GetValueOrDefault(server.Number)?.HostKey;
    }

    public async ValueTask DisposeAsync()
    {
        _systems.Dispose();
        Task[] ending;
        lock (_gate) ending = [.. _ending];
        await Task.WhenAll(ending);
        _images.Dispose();
    }

    private void Follow(LabServer server, ILabShell? shell)
    {
        lock (_gate)
        {
            if (shell is null) End(server.Number);
            else if (_listeners.TryGetValue(server.Number, out var listener)) listener.Unplug();
            else _listeners[server.Number] = new LabSshListener(new IPEndPoint(server.Address, _options.Port), server, shell, _world.Time.Clock);
        }
    }

    private void End(int number)
    {
        if (!_listeners.Remove(number, out var listener)) return;
        // The port must be free for the next boot at once; the last sessions may take a moment to notice.
        listener.CutPower();
        _ending.RemoveAll(static task => task.IsCompleted);
        _ending.Add(listener.DisposeAsync().AsTask());
    }
}
