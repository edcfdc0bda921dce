using System.Globalization;
using Caphr.EndToEnd.Tests.Deploy;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.StandIns;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Life;

/// <summary>The servers of examples/fleet, two management clusters, and a controller on the one that has the objects.</summary>
internal sealed class FleetLab : IAsyncDisposable
{
    private const int ServerCount = 9;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(6);

    private readonly TestLab _lab;
    private readonly Action<string> _say;
    private readonly long _began = TestLab.Clock.GetTimestamp();
    private readonly List<IAsyncDisposable> _second = [];

    private FleetLab(TestLab lab, Action<string> say)
    {
        _lab = lab;
        _say = say;
        lab.Story = () => KubectlAsync("get", "hrm,hrh,hrr,machines,machinedeployments,taloscontrolplanes", "-o", "wide");
    }

    public IReadOnlyDictionary<int, LabServer> World => _lab.Datacenter.World.Servers.ToDictionary(server => server.Number);

    public IEnumerable<int> Servers => _lab.Datacenter.World.Servers.Select(server => server.Number);

    public static async Task<FleetLab> StartAsync(Action<string> say)
    {
        var lab = await TestLab.StartAsync(network: 219, ServerCount, patience: s_patience);
        lab.StartController();
        return new FleetLab(lab, say);
    }

    public void Say(string what) => _say(string.Create(CultureInfo.InvariantCulture, $"{TestLab.Clock.GetElapsedTime(_began).TotalSeconds,6:0.0}s  {what}"));

    public Task ApplyAsync() => _lab.ApplyExampleAsync("fleet");

    public void Break(string fault)
    {
        var read = FaultText.Read(fault);
        Assert.True(read.TryGet(out var planned, out var failure), failure?.Sentence);
        Assert.Null(_lab.Datacenter.World.Faults.Plan(planned));
    }

    public void Heal(string fault)
    {
        Assert.True(FaultText.ReadFault(fault.Split(' ')).TryGet(out var standing, out var failure), failure?.Sentence);
        Assert.Null(_lab.Datacenter.World.Faults.Heal(standing));
    }

    public int Count(int server, Fact fact) => _lab.Datacenter.World.Ledger.Count(server, fact);

    public IEnumerable<LedgerEntry> Ledger(int server) => _lab.Datacenter.World.Ledger.All().Where(entry => entry.Server == server);

    /// <summary>Servers that something was written to.</summary>
    public IEnumerable<int> InUse() => Servers.Where(server => Count(server, Fact.DiskWritten) > 0);

    public Task<IReadOnlyList<HetznerRobotHost>> HostsAsync() => _lab.ListAsync<HetznerRobotHost>();

    public Task<IReadOnlyList<HetznerRobotMachine>> MachinesAsync(string? labels = null) => _lab.ListAsync<HetznerRobotMachine>(labels);

    public Task<HetznerRobotMachine?> MachineAsync(string name) => _lab.GetAsync<HetznerRobotMachine>(name);

    public async Task<int> ServerOfAsync(HetznerRobotMachine machine) => (await HostsAsync()).Single(host => host.Metadata.Name == machine.Status.HostRef!.Name).Spec.ServerID;

    public static string OwnerOf(HetznerRobotMachine machine) => machine.Metadata.OwnerOf(Machine.Resource)!.Name;

    /// <summary>So many Machines of each kind run, and there are no others.</summary>
    public Task RunningAsync(int controlPlanes, int workers) => EventuallyAsync($"{controlPlanes} control planes and {workers} workers run", async () =>
    {
        var machines = await _lab.ListAsync<Machine>();
        return machines.Count == controlPlanes + workers && machines.Count(machine => machine.IsControlPlane) == controlPlanes && machines.All(machine => machine.Status.Phase == "Running");
    });

    /// <summary>To an API server that has nothing but definitions and the controller's roles, beside which others of Cluster API work already.</summary>
    public async Task MoveAsync()
    {
        var server = new LabKubernetes(new LabKubernetesOptions { Clock = TestLab.Clock, Seed = 2, Security = ShippedRoles.Security });
        _second.Add(server);
        await server.StartAsync(CancellationToken.None);
        var cluster = await ManagementCluster.OpenAsync(server, _lab.FileOf("second"));
        foreach (var definitions in new[] { "lab", "crds", "policies/templates-are-immutable.yaml" })
            await Kubectl.RunAsync(cluster.Kubeconfig, input: "", ["apply", "-f", Path.Combine(Checkout.Root, "deploy", definitions)], () => []);
        var standIns = new LabStandIns(server.BaseAddress, _lab.Datacenter.World, _lab.Datacenter.Authorities, TestLab.Clock, new StandInOptions { TalosPort = _lab.Datacenter.Options.Ports.Talos });
        _second.Add(standIns);
        standIns.Start();
        await _lab.MoveAsync(cluster);
    }

    public Task EventuallyAsync(string what, Func<Task<bool>> isSo) => _lab.EventuallyAsync(what, isSo);

    public Task<string> KubectlAsync(params string[] arguments) => _lab.KubectlAsync(["-n", TestLab.Namespace, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        // Those who use something end before it does.
        _lab.KillController();
        for (var i = _second.Count - 1; i >= 0; i--) await _second[i].DisposeAsync();
        await _lab.DisposeAsync();
    }
}
