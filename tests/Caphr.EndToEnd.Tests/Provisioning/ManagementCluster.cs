using Caphr.EndToEnd.Tests.Deploy;
using Caphr.Lab.Kubernetes;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Protocols.Kubernetes;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>An API server as an administrator sees it, and as the controller does: under the account and the roles that are shipped.</summary>
internal sealed class ManagementCluster : IDisposable
{
    private readonly KubernetesConnection _connection;

    private ManagementCluster(LabKubernetes server, string kubeconfig)
    {
        Server = server;
        Kubeconfig = kubeconfig;
        server.WriteKubeconfig(kubeconfig);
        _connection = new KubernetesConnection { Server = server.BaseAddress };
        Client = new KubernetesClient(_connection, TestLab.Clock);
    }

    public LabKubernetes Server { get; }

    public KubernetesClient Client { get; }

    /// <summary>An administrator's.</summary>
    public string Kubeconfig { get; }

    public string ControllerKubeconfig => $"{Kubeconfig}-of-caphr";

    /// <summary>What the controller has asked.</summary>
    public IEnumerable<LabAccess> Accesses => Server.Accesses.Where(access => access.User == ShippedRoles.Account);

    /// <param name="server">Runs, with <see cref="ShippedRoles.Security"/>. It stays the caller's.</param>
    /// <param name="without">A verb on a resource that the controller's roles are to lack.</param>
    public static async Task<ManagementCluster> OpenAsync(LabKubernetes server, string kubeconfig, (string Verb, string Resource)? without = null)
    {
        var cluster = new ManagementCluster(server, kubeconfig);
        await ShippedRoles.GrantAsync(server, cluster.Kubeconfig, cluster.ControllerKubeconfig, without);
        return cluster;
    }

    public void Dispose()
    {
        Client.Dispose();
        _connection.Dispose();
    }
}
