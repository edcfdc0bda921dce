using Caphr.Lab.World;
using Google.Protobuf;

namespace Caphr.Lab.Talos;

/// <summary>
/// Talos on every server of the world that runs it, as a function from call to answer: in the mode and the version the world says, for as
/// long as it says so. Sockets are put before it by <see cref="LabTalos"/>.
/// </summary>
public sealed class TalosNodes : IDisposable
{
    private readonly LabWorld _world;
    private readonly LabAuthorities _authorities;
    private readonly NodeSurroundings _around;
    private readonly Action<TalosNode?, TalosNode?, bool> _changed;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TalosNode> _nodes = [];
    private bool _stopped;

    public TalosNodes(LabWorld world, LabTalosOptions options)
        : this(world, options, (_, _, _) => { }) => Start();

    /// <param name="world">The servers.</param>
    /// <param name="options">Whose certificates there are.</param>
    /// <param name="changed">Hears which node gives way to which (null: to nobody), and whether abruptly; and twice the same of one that lost its network.</param>
    internal TalosNodes(LabWorld world, LabTalosOptions options, Action<TalosNode?, TalosNode?, bool> changed)
    {
        _world = world;
        _authorities = options.Authorities;
        _changed = changed;
        Faults = new LabTalosFaults(world);
        _around = new NodeSurroundings(options.Port, world.Time, Faults, new LabEtcd());
    }

    /// <summary>What is made to go wrong, by server.</summary>
    public LabTalosFaults Faults { get; }

    /// <summary>One call with one request message. A stream that would not end by itself gives what it has to say at once.</summary>
    /// <param name="server">Where.</param>
    /// <param name="path">Such as <c>/machine.MachineService/Version</c>.</param>
    /// <param name="request">The message, unframed.</param>
    /// <param name="roles">Of the caller's certificate.</param>
    /// <returns>Null while no API of Talos listens there.</returns>
    public TalosAnswer? Call(LabServer server, string path, ReadOnlyMemory<byte> request, IReadOnlySet<string> roles)
    {
        TalosNode? node;
        lock (_gate) node = _nodes.GetValueOrDefault(server.Number);
        if (node is null || !server.IsAttached) return null;
        using var call = new MemoryNodeCall(request);
#pragma warning disable CA2025 // It has ended when the call is disposed: its result is waited for below.
        var answering = LabTalosApi.AnswerAsync(node, call, path, roles);
#pragma warning restore CA2025
        call.StopWaiting();
#pragma warning disable RS0030 // Nothing that a node does takes time but what the world does, and that is on the world's clock.
        answering.GetAwaiter().GetResult();
#pragma warning restore RS0030
        return call.Answer();
    }

    /// <summary>What listens there now, for whoever brings calls of their own to it.</summary>
    internal TalosNode? Find(LabServer server)
    {
        lock (_gate) return _nodes.GetValueOrDefault(server.Number);
    }

    public void Dispose()
    {
        foreach (var server in _world.Servers) server.RunningChanged -= Follow;
        lock (_gate)
        {
            _stopped = true;
            foreach (var node in _nodes.Values)
            {
                _changed(node, null, true);
                node.Dispose();
            }

            _nodes.Clear();
        }
    }

    internal void Start()
    {
        foreach (var server in _world.Servers)
        {
            server.RunningChanged += Follow;
            Follow(server, server.Running);
        }
    }

    /// <summary>Announcements of one server may overtake each other, so what runs is asked again under the lock.</summary>
    private void Follow(LabServer server, RunningSystem announced)
    {
        lock (_gate)
        {
            if (_stopped) return;
            var running = server.Running;
            var node = _nodes.GetValueOrDefault(server.Number);
            if (node?.Is(running) == true)
            {
                NodeResources.Follow(node.State, server, running, Faults);
                JoinEtcd(node, running);
                if (!server.IsAttached) _changed(node, node, true);
                return;
            }

            var next = Begin(server, running);
            if (node is not null)
            {
                _nodes.Remove(server.Number);
                node.End();
            }

            if (next is not null) _nodes.Add(server.Number, next);
            var isAbrupt = node is { IsLeaving: false } && (running is not RunningSystem.TalosConfigured configured || configured.BootId != node.BootId);
            if (node is not null || next is not null) _changed(node, next, isAbrupt);
            if (next is not null) JoinEtcd(next, running);
        }
    }

    private TalosNode? Begin(LabServer server, RunningSystem running) => running switch
    {
        _ when Faults.IsOn(server, TalosFault.AddressMoved) => null,
        RunningSystem.TalosMaintenance => new TalosNode(server, running, authority: null, _around),
        RunningSystem.TalosConfigured configured => _authorities.For(configured.MachineConfiguration) is { } authority ? new TalosNode(server, running, authority, _around) : null,
        _ => null,
    };

    private void JoinEtcd(TalosNode node, RunningSystem running)
    {
        if (running is not RunningSystem.TalosConfigured { Ready: true } ready || !NodeStatus.IsControlPlane(ready.MachineConfiguration)) return;
        var server = node.Server;
        _around.Etcd.Of(node.Authority!.Certificate.Thumbprint)
            .Join(new LabEtcd.Member((ulong)server.Number, NodeResources.Hostname(server, ready.MachineConfiguration), server.Address));
    }
}

/// <summary>What a call came to.</summary>
/// <param name="Code">As a number of gRPC; null when the stream broke without one.</param>
/// <param name="Message">The status in words.</param>
/// <param name="Messages">What was sent before it.</param>
public sealed record TalosAnswer(int? Code, string Message, IReadOnlyList<IMessage> Messages);
