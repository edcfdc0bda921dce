using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Rescue;

/// <summary>
/// What would answer a login on every server of the world, as a function from command to answer: the rescue system while one runs, a
/// stranger's Linux while that runs, otherwise nothing. It follows the world; nobody tells it. Sockets are put before it by
/// <see cref="LabRescue"/>.
/// </summary>
public sealed class RescueSystems : IDisposable
{
    private readonly LabWorld _world;
    private readonly IImageSource _images;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Boot> _boots = [];
    private bool _closed;

    public RescueSystems(LabWorld world, IImageSource images)
        : this(world, images, (_, _) => { }) { }

    /// <param name="world">The servers.</param>
    /// <param name="images">What a rescue system can download from.</param>
    /// <param name="changed">Hears of each shell that begins, and of each that ends with null; and again of one whose server lost its network.</param>
    internal RescueSystems(LabWorld world, IImageSource images, Action<LabServer, ILabShell?> changed)
    {
        _world = world;
        _images = images;
        Changed = changed;
        foreach (var server in world.Servers)
        {
            server.RunningChanged += Follow;
            Follow(server, server.Running);
        }
    }

    private Action<LabServer, ILabShell?> Changed { get; }

    /// <summary>Logs in as root and runs one command.</summary>
    /// <param name="server">Where.</param>
    /// <param name="publicKey">The key's blob.</param>
    /// <param name="command">As it would be sent over SSH.</param>
    /// <param name="input">Its standard input, to the end.</param>
    public RescueAnswer Run(LabServer server, ReadOnlySpan<byte> publicKey, string command, ReadOnlySpan<byte> input)
    {
        ILabShell? shell;
        lock (_gate) shell = _boots.GetValueOrDefault(server.Number)?.Shell;
        if (shell is null) return new RescueAnswer.Refused();
        if (!server.IsAttached || server.IsOn(ServerFault.SshSilent)) return new RescueAnswer.Silent();
        if (server.IsOn(ServerFault.SshResets)) return new RescueAnswer.Cut();
        if (!shell.LetsIn("root", publicKey)) return new RescueAnswer.LoginRefused();
        var reply = shell.Run(command, input);
        reply.Afterwards?.Invoke();
        return server.Strikes(ServerFault.SshCut) ? new RescueAnswer.Cut() : new RescueAnswer.Ended(reply.Status, reply.Output, reply.Complaint);
    }

    public void Dispose()
    {
        foreach (var server in _world.Servers) server.RunningChanged -= Follow;
        lock (_gate)
        {
            _closed = true;
            foreach (var number in _boots.Keys.ToArray()) End(_world.Find(number)!);
        }
    }

    /// <summary>Announcements may overtake each other, so what counts is what the server says now.</summary>
    private void Follow(LabServer server, RunningSystem announced)
    {
        lock (_gate)
        {
            var running = server.Running;
            if (_boots.TryGetValue(server.Number, out var boot) && ReferenceEquals(boot.System, running))
            {
                if (!server.IsAttached) Changed(server, boot.Shell);
                return;
            }

            End(server);
            if (_closed || ShellOf(server, running) is not { } shell) return;
            _boots[server.Number] = new Boot(running, shell);
            Changed(server, shell);
        }
    }

    private ILabShell? ShellOf(LabServer server, RunningSystem running) => running switch
    {
        RunningSystem.Rescue rescue => new RescueShell(server, rescue, _world.Time, _images),
        RunningSystem.Linux => new StrangersShell(),
        _ => null,
    };

    private void End(LabServer server)
    {
        if (!_boots.Remove(server.Number, out var boot)) return;
        (boot.Shell as IDisposable)?.Dispose();
        Changed(server, null);
    }

    private sealed record Boot(RunningSystem System, ILabShell Shell);
}
