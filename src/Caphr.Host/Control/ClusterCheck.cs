using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Host.Robot;

namespace Caphr.Host.Control;

/// <summary>Tries what a HetznerRobotCluster names: the SSH key can be read, and Robot accepts the login.</summary>
internal sealed class ClusterCheck(RobotAccounts accounts, SshKeys keys)
{
    public async Task<ClusterHealth> RunAsync(RobotAccess access, CancellationToken cancellation)
    {
        var key = await keys.ReadAsync(access.SshKey, cancellation);
        if (!key.TryGet(out var ssh, out var problem)) return new ClusterHealth(problem.Reason, problem.Message);
        ssh.Dispose();

        var inventory = await accounts.ReadAsync(access.Credentials, RobotLane.Inventory, RobotAsks.Servers, cancellation);
        var health = inventory.TryGet(out _, out problem) ? new ClusterHealth(Reason: null, "") : new ClusterHealth(problem.Reason, problem.Message);
        return health with { Robot = RobotReach.Of(await accounts.ShowAsync(access.Credentials, cancellation)) };
    }
}
