using Caphr.Lab.World;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;

namespace Caphr.Lab.Talos;

/// <summary>Talos on one server, in one mode, from its API coming up until it goes away: what it knows and does, without the sockets.</summary>
internal sealed class TalosNode : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private int _applying;

    public TalosNode(LabServer server, RunningSystem running, TalosAuthority? authority, NodeSurroundings around)
    {
        Server = server;
        Around = around;
        Authority = authority;
        (BootId, Version, Configuration) = running switch
        {
            RunningSystem.TalosMaintenance maintenance => (maintenance.BootId, TalosVersion.Parse(maintenance.Version), null),
            RunningSystem.TalosConfigured configured => (configured.BootId, TalosVersion.Parse(configured.Version), configured.MachineConfiguration),
            _ => throw new ArgumentException("Talos does not run there.", nameof(running)),
        };
        NodeResources.Fill(State, server, running, Version, around.Faults);
    }

    public NodeSurroundings Around { get; }

    /// <summary>Null in maintenance.</summary>
    public TalosAuthority? Authority { get; }

    public LabServer Server { get; }

    public int BootId { get; }

    public TalosVersion Version { get; }

    /// <summary>Null in maintenance.</summary>
    public string? Configuration { get; }

    public bool InMaintenance => Configuration is null;

    public NodeState State { get; } = new();

    public CancellationToken Ended => _ended.Token;

    /// <summary>Talos was told to go, and lets the calls it is answering finish.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The node's own idea of the time.</summary>
    public DateTimeOffset Now => Around.Time.Now - (Suffers(TalosFault.ClockBehind) ? TimeSpan.FromHours(1) : TimeSpan.Zero);

    public bool Suffers(TalosFault fault) => Around.Faults.IsOn(Server, fault);

    public bool TryBeginApply() => Interlocked.Exchange(ref _applying, 1) == 0;

    public void EndApply() => Interlocked.Exchange(ref _applying, 0);

    public bool Is(RunningSystem running) => running switch
    {
        RunningSystem.TalosMaintenance maintenance => InMaintenance && BootId == maintenance.BootId,
        RunningSystem.TalosConfigured configured => Configuration == configured.MachineConfiguration && BootId == configured.BootId,
        _ => false,
    };

    /// <summary>Its watches end with it.</summary>
    public void End() => _ended.Cancel();

    public void Dispose()
    {
        End();
        _ended.Dispose();
    }
}
