namespace Caphr.Actors.Servers;

/// <summary>What Kubernetes wants of one server now: the desired side of the actor, rebuilt from specs whenever one of them changes.</summary>
public sealed record ServerWish
{
    public required ServerNumber Number { get; init; }

    /// <summary>Credentials to ask Robot with, or null while no HetznerRobotCluster offers any.</summary>
    public required RobotAccess? Robot { get; init; }

    /// <summary>By the Cluster's <c>spec.paused</c> or a paused annotation: no effect may start.</summary>
    public bool Paused { get; init; }

    /// <summary>What a Machine that holds the claim wants installed.</summary>
    public Provision? Provision { get; init; }

    /// <summary>The Machine of this claim is being deleted, and everything that comes before the server in that order is done.</summary>
    public ClaimId? Release { get; init; }

    /// <summary>Whether the server may be wiped when that claim ends.</summary>
    public WipeGuard ReleaseGuard { get; init; } = WipeGuard.None;

    /// <summary>Changed by a person who wants a release that failed to be tried again.</summary>
    public string? ReleaseRetryToken { get; init; }

    /// <summary>The claim's control plane has others, which must not wait for its etcd member.</summary>
    public bool ReleaseLeavesEtcd { get; init; }

    /// <summary>This claim is to end with nothing done to the server, which a person has decided.</summary>
    public ClaimId? Detach { get; init; }

    /// <summary>The claim's node is to be started anew.</summary>
    public RepairOrder? Repair { get; init; }

    /// <summary>A free server whose hardware is not known is inspected before it is claimed.</summary>
    public bool InspectFirst { get; init; }

    public StandingRequests Requests { get; init; } = StandingRequests.None;

    /// <summary>The objects say that the server is in quarantine. For a journal that does not know it: another one may have been lost.</summary>
    public Doubt? Doubted { get; init; }

    /// <summary>Whether a server in quarantine may be wiped for what it was last held for.</summary>
    public WipeGuard QuarantineGuard { get; init; } = WipeGuard.None;

    /// <summary>The policy of the server's disks as it is today, for what ends or ended here: a person may have changed it because of what was found.</summary>
    public bool MayDestroyForeignData { get; init; }

    /// <summary>Nothing that takes a server down may begin just now: too many are down, or have failed. What is under way comes to its end.</summary>
    public HoldBack? Hold { get; init; }
}

/// <summary>Why work is held back. Steady while nothing changes.</summary>
public sealed record HoldBack(string Reason, string Message);

/// <summary>By name only: Secrets are read when they are used, so a rotation needs no restart and nothing of them reaches the journal.</summary>
public sealed record RobotAccess(ObjectName Credentials, ObjectName SshKey);

/// <summary>One installation, as the objects describe it.</summary>
public sealed record Provision
{
    public required ClaimId Claim { get; init; }

    /// <summary>The HetznerRobotMachine.</summary>
    public required ObjectName Machine { get; init; }

    public required string Cluster { get; init; }

    public required RobotAccess Robot { get; init; }

    public required Uri Image { get; init; }

    public required string TalosVersion { get; init; }

    public required string ProviderId { get; init; }

    public DiskPolicy Disk { get; init; } = new(Hint: null, MayDestroyForeignData: false);

    public WipeGuard Guard { get; init; } = WipeGuard.None;

    public NodePlan Node { get; init; } = new();

    /// <summary>The Secret with the machine configuration, or null while the bootstrap provider has not named one.</summary>
    public ObjectName? Bootstrap { get; init; }

    /// <summary>The Secret with the cluster's Talos certificates, under which a node proves that it is ours.</summary>
    public required ObjectName TalosSecrets { get; init; }

    /// <summary>The objects already carry this server's providerID: a node may be running, so it is adopted and never installed anew.</summary>
    public bool AlreadyNode { get; init; }

    /// <summary>It is a node only by a person's word, so until it has proven itself nothing on it is ours to erase.</summary>
    public bool OnlyNamed { get; init; }

    /// <summary>Changed by a person who wants a failed server to be tried again.</summary>
    public string? RetryToken { get; init; }

    /// <summary>For a node of a control plane that is to be repaired; null for others.</summary>
    public QuorumQuestion? Quorum { get; init; }

    /// <summary>On its way back, the node leaves etcd before it goes.</summary>
    public bool LeavesEtcd { get; init; }

    /// <summary>What may be wiped at its end is decided by what holds then.</summary>
    public Provision WipedUnder(WipeGuard guard, ServerWish wish) => this with
    {
        Guard = guard,
        Robot = wish.Robot ?? Robot,
        Disk = Disk with { MayDestroyForeignData = guard.LetsForeignDataGo(wish.MayDestroyForeignData) },
    };
}

/// <summary>Which disk may be written, and what may be lost on it.</summary>
public sealed record DiskPolicy(string? Hint, bool MayDestroyForeignData);
