using Caphr.Actors.Servers;
using Caphr.Host.Effects;
using Caphr.Host.Robot;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Control;

/// <summary>Tries what a HetznerRobotCluster names: the SSH key can be read, and Robot accepts the login.</summary>
internal sealed class ClusterCheck(RobotAccounts accounts, SshKeys keys)
{
    /// <summary>How old a proof of the login may be. Of 200 lists an hour for everybody, six go here; what Robot is asked otherwise makes them fewer.</summary>
    private static readonly TimeSpan s_proofAge = TimeSpan.FromMinutes(10);

    public static RobotAsk<IReadOnlyList<RobotServer>> Proof { get; } = RobotAsks.Servers with { Keeps = s_proofAge };

    public async Task<ClusterHealth> RunAsync(RobotAccess access, CancellationToken cancellation)
    {
        var key = await keys.ReadAsync(access.SshKey, cancellation);
        if (!key.TryGet(out var ssh, out var problem)) return new ClusterHealth(problem.Reason, problem.Message);
        ssh.Dispose();

        var inventory = await accounts.ReadAsync(access.Credentials, RobotLane.Inventory, Proof, cancellation);
        var report = await accounts.ShowAsync(access.Credentials, cancellation);
        var works = inventory.TryGet(out _, out problem) || (problem.SaysNothingOfLogin && report?.AcceptedAt + s_proofAge > report?.At);
        var health = works ? new ClusterHealth(Reason: null, "") : new ClusterHealth(problem!.Reason, problem.Message) { IsUndecided = problem.SaysNothingOfLogin };
        return health with { Robot = RobotReach.Of(report) };
    }
}
