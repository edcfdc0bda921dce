using System.Globalization;
using System.Text.Json;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>
/// Every change of every object that matters to the rules, in the order in which the API server made them. Nobody can hide a state from it by changing
/// it back.
/// </summary>
internal sealed class Mirror(ObjectStore store, Trace trace)
{
    private readonly SortedDictionary<string, HetznerRobotHost> _hosts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, HetznerRobotMachine> _machines = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Machine> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _remediated = new(StringComparer.Ordinal);
    private long _at = store.Revision;

    public event Action<HetznerRobotHost?, HetznerRobotHost>? HostChanged;

    public event Action<HetznerRobotMachine?, HetznerRobotMachine>? MachineChanged;

    public event Action<HetznerRobotMachine>? MachineGone;

    public event Action<bool>? PauseChanged;

    public IEnumerable<HetznerRobotHost> Hosts => _hosts.Values;

    public IEnumerable<HetznerRobotMachine> Machines => _machines.Values;

    public Cluster? Cluster { get; private set; }

    public bool IsPaused => Cluster?.Spec.Paused == true;

    public HetznerRobotHost? HostOf(int server) => _hosts.Values.FirstOrDefault(host => host.Spec.ServerID == server);

    public HetznerRobotMachine? Consumer(HetznerRobotHost? host) => host is not null && host.Spec.ConsumerRef is { } consumer && _machines.GetValueOrDefault(consumer.Name) is { } machine && IsClaimedBy(host, machine) ? machine : null;

    /// <summary>Claims are made for the Cluster API Machine that owns the object.</summary>
    public static bool IsClaimedBy(HetznerRobotHost host, HetznerRobotMachine machine) => host.Spec.ConsumerRef?.Uid is { } uid && uid == machine.Metadata.OwnerOf(Machine.Resource)?.Uid;

    public Machine? OwnerOf(HetznerRobotMachine machine) => machine.Metadata.OwnerOf(Machine.Resource) is { } owner ? _owners.GetValueOrDefault(owner.Name) : null;

    public bool WasRemediated(HetznerRobotMachine machine) => OwnerOf(machine) is { } owner && _remediated.Contains(owner.Metadata.Name);

    public void CatchUp()
    {
        if (store.Revision == _at) return;
        var feed = store.ReadAfter(_at) ?? throw new InvalidOperationException("The mirror fell behind the API server's history.");
        _at = feed.Revision;
        foreach (var change in feed.Changes)
        {
            trace.Write(string.Create(CultureInfo.InvariantCulture, $"object {change.Revision} {change.Kind} {change.Object.Key}"));
            Take(change);
        }
    }

    private void Take(Change change)
    {
        var gone = change.Kind == ChangeKind.Deleted;
        switch (change.Object.Key.Resource.Plural)
        {
            case "hetznerrobothosts":
                var host = Read<HetznerRobotHost>(change);
                var hostBefore = _hosts.GetValueOrDefault(host.Metadata.Name);
                if (gone) _hosts.Remove(host.Metadata.Name);
                else _hosts[host.Metadata.Name] = host;
                HostChanged?.Invoke(hostBefore, host);
                break;
            case "hetznerrobotmachines":
                var machine = Read<HetznerRobotMachine>(change);
                var machineBefore = _machines.GetValueOrDefault(machine.Metadata.Name);
                if (gone)
                {
                    _machines.Remove(machine.Metadata.Name);
                    MachineGone?.Invoke(machine);
                    break;
                }

                _machines[machine.Metadata.Name] = machine;
                MachineChanged?.Invoke(machineBefore, machine);
                break;
            case "machines":
                var owner = Read<Machine>(change);
                if (gone) _owners.Remove(owner.Metadata.Name);
                else _owners[owner.Metadata.Name] = owner;
                break;
            case "hetznerrobotremediations":
                _remediated.Add(change.Object.Key.Name);
                break;
            case "clusters":
                var wasPaused = IsPaused;
                Cluster = Read<Cluster>(change);
                if (wasPaused != IsPaused) PauseChanged?.Invoke(IsPaused);
                break;
        }
    }

    private static T Read<T>(Change change) => JsonSerializer.Deserialize<T>(change.Object.Json.Span, KubernetesJson.Options)!;
}
