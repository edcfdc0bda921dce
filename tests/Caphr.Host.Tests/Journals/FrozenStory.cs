using Caphr.Actors.Servers;

namespace Caphr.Host.Tests.Journals;

/// <summary>
/// What the frozen journals tell: the lives of a few servers, in which every kind of event occurs. A new kind of event gets a server of its own here,
/// because the servers of the journals that are frozen already cannot live through it any more.
/// </summary>
internal static class FrozenStory
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 3, 0, 0, 123, TimeSpan.Zero);

    private static readonly RobotAccess s_robot = new(new ObjectName("metal", "robot"), new ObjectName("metal", "ssh"));
    private static readonly ServerRecord s_record = new("192.0.2.7", "2001:db8::", "AX52", "FSN1-DC14");
    private static readonly RescueBoot s_boot = new("SHA256:host", "a8:a1:59:00:00:01", "5f0c6d9e");
    private static readonly DiskFacts s_disk = new("nvme0n1", "S1", "eui.1", "nvme-S1", 1_000_000_000_000, Rotational: false, Foreign: "lvm");

    private static readonly HardwareFacts s_hardware = new(s_boot, [s_disk with { Model = "SAMSUNG", Transport = "nvme", Healthy = false, WearPercent = 3, PowerOnHours = 9000, HasTalos = true }], Uefi: true)
    {
        Cpus = 16,
        MemoryMiB = 65536,
        NetworkMbit = 1000,
        Architecture = "amd64",
        BoardSerial = "B1",
    };

    private static readonly Provision s_plan = new()
    {
        Claim = new ClaimId("uid-1"),
        Machine = new ObjectName("metal", "cp-0"),
        Cluster = "demo",
        Robot = s_robot,
        Image = new Uri("https://factory.talos.dev/image/x/v1.12.4/metal-amd64.raw.zst"),
        TalosVersion = "v1.12.4",
        ProviderId = "hetzner-robot://1001",
        Disk = new DiskPolicy("wwn=eui.1", MayDestroyForeignData: true),
        Bootstrap = new ObjectName("metal", "cp-0-bootstrap-data"),
        TalosSecrets = new ObjectName("metal", "demo-talos"),
        AlreadyNode = true,
        RetryToken = "again",
    };

    public static IReadOnlyDictionary<ServerNumber, IReadOnlyList<ServerEvent>> Servers { get; } = new Dictionary<ServerNumber, IReadOnlyList<ServerEvent>>
    {
        [new ServerNumber(1001)] =
        [
            new ServerEvent.AccessGiven(At(0), s_robot),
            new ServerEvent.Identified(At(1), s_record),
            new ServerEvent.ClaimAccepted(At(2), s_plan with { AlreadyNode = false, Bootstrap = null, RetryToken = null }),
            new ServerEvent.PlanChanged(At(3), s_plan with { AlreadyNode = false }),
            new ServerEvent.RescueIntended(At(4), Purpose.Install, At(64)),
            new ServerEvent.WorkPaused(At(5)),
            new ServerEvent.WorkResumed(At(6)),
            new ServerEvent.ResetIntended(At(7), At(67)),
            new ServerEvent.ResetPressed(At(8), Known: true),
            new ServerEvent.RescueReached(At(9), "SHA256:host", At(69)),
            new ServerEvent.StepRefused(At(10), "SshLost", "The connection was cut.", At(12), Counted: true),
            new ServerEvent.InstallIntended(At(13), s_boot, s_disk, At(73)),
            new ServerEvent.ImageWritten(At(14), 1_300_000_000, "c0ffee", At(74)),
            new ServerEvent.RescueLeft(At(15)),
            new ServerEvent.MaintenanceReached(At(16), new MaintenanceTalos("pin", "v1.12.4"), At(76)),
            new ServerEvent.ConfigurationAccepted(At(17), At(77)),
            new ServerEvent.NodeProven(At(18), "v1.12.4"),
            new ServerEvent.RescueIntended(At(100), Purpose.Release, At(160)),
            new ServerEvent.ResetIntended(At(101), At(161)),
            new ServerEvent.ResetPressed(At(102), Known: false),
            new ServerEvent.RescueReached(At(103), "SHA256:other", At(163)),
            new ServerEvent.WipeIntended(At(104), s_boot, s_disk with { Foreign = null, Wwn = null }, At(164)),
            new ServerEvent.Released(At(105), Wiped: true),
        ],
        [new ServerNumber(1002)] =
        [
            new ServerEvent.AccessGiven(At(0), Robot: null),
            new ServerEvent.Identified(At(1), s_record with { Ipv6Network = null }),
            new ServerEvent.ClaimAdopted(At(2), s_plan),
            new ServerEvent.GaveUp(At(3), "NodeNotFound", "No node answered."),
            new ServerEvent.RetryAsked(At(4), s_plan),
        ],
        [new ServerNumber(1003)] =
        [
            new ServerEvent.AccessGiven(At(0), s_robot),
            new ServerEvent.Identified(At(1), s_record),
            new ServerEvent.ClaimAccepted(At(2), s_plan with { AlreadyNode = false }),
            new ServerEvent.RescueIntended(At(3), Purpose.Install, At(63)),
            new ServerEvent.ResetIntended(At(4), At(64)),
        ],
        [new ServerNumber(1004)] =
        [
            new ServerEvent.AccessGiven(At(0), s_robot),
            new ServerEvent.Identified(At(1), s_record),
            new ServerEvent.RequestAnswered(At(2), ServerRequest.Inspect, "monday", Granted: true, "It is inspected."),
            new ServerEvent.InspectionIntended(At(3), s_robot, At(63)),
            new ServerEvent.ResetIntended(At(4), At(64)),
            new ServerEvent.ResetPressed(At(5), Known: true),
            new ServerEvent.RescueReached(At(6), "SHA256:host", At(66)),
            new ServerEvent.HardwareSeen(At(7), s_hardware),
            new ServerEvent.Inspected(At(8)),
            new ServerEvent.ClaimAdopted(At(9), s_plan),
            new ServerEvent.NodeProven(At(10), "v1.12.4"),
            new ServerEvent.StepRefused(At(11), "LimitReached", "Later.", At(12), Counted: false),
            new ServerEvent.WaitEnded(At(13)),
            new ServerEvent.RepairBegun(At(14), new RepairOrder("uid-request", RepairCause.HealthCheck, Resets: 2, TimeSpan.FromMinutes(10))),
            new ServerEvent.ResetIntended(At(15), At(25)),
            new ServerEvent.ResetPressed(At(16), Known: false),
            new ServerEvent.NodeReturned(At(17), "v1.12.4"),
            new ServerEvent.RepairEnded(At(18), Returned: true),
            new ServerEvent.RescueIntended(At(100), Purpose.Release, At(160)) { AsksNode = true },
            new ServerEvent.DismissalIntended(At(101)),
            new ServerEvent.NodeDismissed(At(102)),
            new ServerEvent.Quarantined(At(103), "SystemDiskUnknown", "Two disks hold a Talos."),
            new ServerEvent.Doubted(At(103), "NodeNotHealed", "Dead."),
            new ServerEvent.WipeAsked(At(104), s_plan, At(164)),
            new ServerEvent.Quarantined(At(105), "SystemDiskUnknown", "Two disks hold a Talos."),
            new ServerEvent.QuarantineLifted(At(106)),
        ],
    };

    private static DateTimeOffset At(int minutes) => Start.AddMinutes(minutes);
}
