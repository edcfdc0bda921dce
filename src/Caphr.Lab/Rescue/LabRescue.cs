using System.Net;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue;

namespace Caphr.Lab.Rescue;

/// <summary>
/// What answers on the SSH port of every server of the Lab: the rescue system while one runs, a stranger's Linux while that runs,
/// otherwise nothing. It follows the world; nobody tells it.
/// </summary>
public sealed class LabRescue : IAsyncDisposable
{
    private readonly LabWorld _world;
    private readonly LabRescueOptions _options;
    private readonly HttpClient _http = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Boot> _boots = [];
    private readonly List<Task> _ending = [];
    private bool _closed;

    public LabRescue(LabWorld world, LabRescueOptions options)
    {
        _world = world;
        _options = options;
        foreach (var server in world.Servers)
        {
            server.RunningChanged += Follow;
            Follow(server, server.Running);
        }
    }

    /// <summary>Where the server's SSH listens now, or null while nothing does.</summary>
    public IPEndPoint? EndpointOf(LabServer server)
    {
        lock (_gate) return _boots.GetValueOrDefault(server.Number)?.Listener.Endpoint;
    }

    /// <summary>The host key of the system that runs now: what Robot may tell, and what a client should see.</summary>
    public HostKey? HostKeyOf(LabServer server)
    {
        lock (_gate) return _boots.GetValueOrDefault(server.Number)?.Listener.HostKey;
    }

    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (_gate)
        {
            _closed = true;
            foreach (var number in _boots.Keys.ToArray()) End(number);
            ending = [.. _ending];
        }

        foreach (var server in _world.Servers) server.RunningChanged -= Follow;
        await Task.WhenAll(ending);
        _http.Dispose();
    }

    /// <summary>Announcements may overtake each other, so what counts is what the server says now.</summary>
    private void Follow(LabServer server, RunningSystem announced)
    {
        lock (_gate)
        {
            var running = server.Running;
            if (_boots.TryGetValue(server.Number, out var boot) && ReferenceEquals(boot.System, running)) return;
            End(server.Number);
            if (_closed || ShellOf(server, running) is not { } shell) return;

            var listener = new LabSshListener(new IPEndPoint(server.Address, _options.Port), shell, _world.Time.Clock);
            _boots[server.Number] = new Boot(running, listener, shell as RescueShell);
        }
    }

    private ILabShell? ShellOf(LabServer server, RunningSystem running) => running switch
    {
        RunningSystem.Rescue rescue => new RescueShell(server, rescue, _world, _http),
        RunningSystem.Linux => new StrangersShell(),
        _ => null,
    };

    private void End(int number)
    {
        if (!_boots.Remove(number, out var boot)) return;
        boot.Shell?.Dispose();
        // The port must be free for the next boot at once; the last sessions may take a moment to notice.
        boot.Listener.CutPower();
        _ending.RemoveAll(static task => task.IsCompleted);
        _ending.Add(boot.Listener.DisposeAsync().AsTask());
    }

    private sealed record Boot(RunningSystem System, LabSshListener Listener, RescueShell? Shell);
}
