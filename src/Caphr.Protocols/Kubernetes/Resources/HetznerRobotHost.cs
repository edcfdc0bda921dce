using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Caphr.Protocols.Kubernetes.Objects;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Protocols.Kubernetes.Resources;

[CustomResource(ShortName = "hrh", MoveHierarchy = true)]
[Description("HetznerRobotHost is one dedicated server of the inventory. It outlives the Machines that use it.")]
[PrinterColumn("Server", ColumnType.Number, ".spec.serverID")]
[PrinterColumn("IP", ColumnType.Text, ".status.addresses[?(@.type==\"ExternalIP\")].address")]
[PrinterColumn("Class", ColumnType.Text, ".spec.lifecycleClass", Wide = true)]
[PrinterColumn("Phase", ColumnType.Text, ".status.phase")]
[PrinterColumn("Consumer", ColumnType.Text, ".spec.consumerRef.name")]
[PrinterColumn("Ready", ColumnType.Text, ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Reason", ColumnType.Text, ".status.conditions[?(@.type==\"Ready\")].reason")]
[PrinterColumn("Since", ColumnType.Date, ".status.since")]
[PrinterColumn("Message", ColumnType.Text, ".status.message")]
[PrinterColumn("Age", ColumnType.Date, ".metadata.creationTimestamp")]
[PrinterColumn("Product", ColumnType.Text, ".status.hardware.product", Wide = true)]
[PrinterColumn("Datacentre", ColumnType.Text, ".status.failureDomain", Wide = true)]
[PrinterColumn("Internal IP", ColumnType.Text, ".spec.internalIP", Wide = true)]
[PrinterColumn("Policy", ColumnType.Text, ".spec.destructiveProvisioningPolicy", Wide = true)]
[PrinterColumn("Maintenance", ColumnType.Text, ".spec.maintenanceMode", Wide = true)]
public sealed record HetznerRobotHost : KubernetesObject, IKubernetesResource
{
    public static ResourceType Resource { get; } = Infrastructure.Kind(nameof(HetznerRobotHost));

    [Required]
    [Description("What this server is, and what may be done with it.")]
    [CelRule("self.serverID == oldSelf.serverID",
        "serverID cannot change: delete this HetznerRobotHost and create one for the other server")]
    [CelRule("!has(oldSelf.serverIP) || oldSelf.serverIP == '' || (has(self.serverIP) && self.serverIP == oldSelf.serverIP)",
        "serverIP cannot change once set: delete this HetznerRobotHost and create it anew")]
    [CelRule("!has(oldSelf.serverIPv6Net) || oldSelf.serverIPv6Net == '' || (has(self.serverIPv6Net) && self.serverIPv6Net == oldSelf.serverIPv6Net)",
        "serverIPv6Net cannot change once set: delete this HetznerRobotHost and create it anew")]
    [CelRule("!has(oldSelf.internalIP) || oldSelf.internalIP == '' || (has(self.internalIP) && self.internalIP == oldSelf.internalIP)",
        "internalIP cannot change once set: delete this HetznerRobotHost and create it anew")]
    // CEL reserves the word namespace; Kubernetes lets rules write it like this.
    [CelRule("!has(oldSelf.consumerRef) || !has(self.consumerRef) || self.consumerRef.uid == oldSelf.consumerRef.uid || " +
        "(self.consumerRef.name == oldSelf.consumerRef.name && self.consumerRef.__namespace__ == oldSelf.consumerRef.__namespace__)",
        "this server is claimed: it must be released before another machine can claim it")]
    public HetznerRobotHostSpec Spec { get; init; } = new();

    [Description("What CAPHR knows and does about this server.")]
    public HetznerRobotHostStatus Status { get; init; } = new();
}

public sealed record HetznerRobotHostSpec
{
    [Required, Range(1, int.MaxValue)]
    [Description("The server's number in Hetzner Robot.")]
    public int ServerID { get; init; }

    [MaxLength(15), CelRule("self == '' || (isIP(self) && ip(self).family() == 4)", "serverIP must be the server's public IPv4 address, such as 192.0.2.10, or empty: Robot knows it")]
    [Description("The server's public IPv4 address. Taken from Robot if empty.")]
    public string? ServerIP { get; init; }

    [MaxLength(49), CelRule("self == '' || (isCIDR(self) && cidr(self).ip().family() == 6)", "serverIPv6Net must be an IPv6 network such as 2001:db8:1:2::/64, or empty: Robot knows it")]
    [Description("The server's public IPv6 network, such as 2001:db8:1:2::/64. Taken from Robot if empty.")]
    public string? ServerIPv6Net { get; init; }

    [MaxLength(45), CelRule("self == '' || isIP(self)", "internalIP must be an IP address without prefix length, such as 10.10.0.6")]
    [Description("The server's address in the private network (vSwitch), without prefix length. Needed where the cluster has a vlanConfig.")]
    public string? InternalIP { get; init; }

    [MaxLength(255), RegularExpression(Patterns.DiskHint)]
    [Description("The disk to install on: its serial number, its WWN, or its path below /dev/disk/by-id. CAPHR chooses if empty: a disk that holds no data of others before any other, flash before " +
        "disks that spin, small before large. Must be set where a HetznerRobotHostRelease is needed and several disks all hold data.")]
    public string? InstallDisk { get; init; }

    [DefaultValue(Resources.LifecycleClass.Compute)]
    [Description("What the server is for. A server of class storage is claimed and wiped only for a Machine that a HetznerRobotHostRelease names: its data must not depend on a mistake.")]
    public LifecycleClass? LifecycleClass { get; init; }

    [DefaultValue(Resources.DestructiveProvisioningPolicy.NeverDestructiveByDefault)]
    [Description("What may be destroyed to make this server a node. NeverDestructiveByDefault writes one disk only, and " +
        "only one that holds nothing but what CAPHR may have put there. AlwaysCleanSlate writes one disk too, and destroys what it holds if every disk " +
        "holds data. RequiresExternalRelease claims and wipes the server only for a Machine that a HetznerRobotHostRelease names; data is then destroyed on the only disk or on the one that installDisk names.")]
    public DestructiveProvisioningPolicy? DestructiveProvisioningPolicy { get; init; }

    [Description("While true, the server is not claimed, and nothing is reset, installed or wiped.")]
    public bool? MaintenanceMode { get; init; }

    [DefaultValue(Resources.InspectionPolicy.Never)]
    [Description("Whether the server is looked at through the rescue system while it is free, which resets it. BeforeFirstUse: once, before any machine may claim it. " +
        "Never: what it has is seen when it is installed. The annotation caphr.io/inspect asks for one inspection of a free server.")]
    public InspectionPolicy? Inspection { get; init; }

    [Description("Which machine has claimed this server. Written by CAPHR; it is the durable claim.")]
    public ConsumerReference? ConsumerRef { get; init; }
}

/// <summary>The claim on a server.</summary>
[Atomic]
public sealed record ConsumerReference
{
    [Required, AllowedValues("HetznerRobotMachine")]
    [Description("Kind of the consumer: HetznerRobotMachine.")]
    public string Kind { get; init; } = "";

    [Required, MaxLength(253), RegularExpression(Patterns.DnsName)]
    [Description("Name of the consumer.")]
    public string Name { get; init; } = "";

    [Required, MaxLength(63), RegularExpression(Patterns.DnsLabel)]
    [Description("Namespace of the consumer.")]
    public string Namespace { get; init; } = "";

    [Required, MaxLength(128), RegularExpression(Patterns.Uid)]
    [Description("UID of the consumer: another machine of the same name is another consumer.")]
    public string Uid { get; init; } = "";
}

public sealed record HetznerRobotHostStatus
{
    [Description("Where the server is in its life: Registered, Available, Claimed, Installing, Provisioned, Releasing, Failed, Quarantined and so on.")]
    public string? Phase { get; init; }

    [Description("When the phase began.")]
    public DateTimeOffset? Since { get; init; }

    [Description("What CAPHR is doing with the server, or what keeps it from doing so, in one sentence.")]
    public string? Message { get; init; }

    [Description("True when the server can be used, or is in use and well.")]
    public bool? Ready { get; init; }

    [Description("The server's addresses as Robot knows them, and its private one.")]
    public IReadOnlyList<MachineAddress> Addresses { get; init; } = [];

    [Description("Data centre of the server, such as FSN1-DC14.")]
    public string? FailureDomain { get; init; }

    [Description("What was found in the server.")]
    public ServerHardware? Hardware { get; init; }

    [Description("The last wipe that was verified, on the way back from a machine.")]
    public WipeRecord? LastWipe { get; init; }

    [Description("The metadata.generation this status was made from.")]
    public long? ObservedGeneration { get; init; }

    [ListKey("type")]
    [Description("What holds of this server just now.")]
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

/// <summary>Evidence of a wipe.</summary>
public sealed record WipeRecord
{
    [Required]
    [Description("When the wipe was verified.")]
    public DateTimeOffset At { get; init; }

    [Required]
    [Description("The disk that was wiped.")]
    public ServerDisk Disk { get; init; } = new();

    [Description("The HetznerRobotMachine that the server came back from.")]
    public string? Machine { get; init; }
}

/// <summary>What Robot told, and what an inspection in the rescue system found.</summary>
public sealed record ServerHardware
{
    [Description("Product name in Robot, such as AX41-NVMe.")]
    public string? Product { get; init; }

    [Description("UUID of the mainboard.")]
    public string? SystemUUID { get; init; }

    [Description("MAC address of the network card with the public address.")]
    public string? PrimaryMAC { get; init; }

    [Description("Gateway of the public IPv4 network.")]
    public string? Gateway { get; init; }

    [Description("Public IPv6 network that is routed to the server, without prefix length.")]
    public string? Ipv6Network { get; init; }

    [Description("The disk that was chosen for Talos. Empty while nothing is installed.")]
    public ServerDisk? InstallDisk { get; init; }

    [Description("amd64 or arm64.")]
    public string? Architecture { get; init; }

    [Description("Number of logical processors.")]
    public int? Cpus { get; init; }

    [Description("Memory in MiB.")]
    public long? MemoryMiB { get; init; }

    [Description("Speed of the fastest network card that has a link, in Mbit/s.")]
    public int? NicSpeedMbit { get; init; }

    [Description("Firmware that boots the server: bios or uefi.")]
    public string? Firmware { get; init; }

    [Description("Serial number of the mainboard.")]
    public string? BoardSerial { get; init; }

    [Description("The disks found.")]
    public IReadOnlyList<ServerDisk> Disks { get; init; } = [];
}

public sealed record ServerDisk
{
    [Required]
    [Description("Stable path, below /dev/disk/by-id where there is one.")]
    public string Path { get; init; } = "";

    [Description("Its other names below /dev/disk/by-id. Any of them may stand in installDisk.")]
    public IReadOnlyList<string> OtherIds { get; init; } = [];

    [Description("Model name.")]
    public string? Model { get; init; }

    [Description("Serial number.")]
    public string? Serial { get; init; }

    [Description("World wide name.")]
    public string? Wwn { get; init; }

    [Description("Size in bytes.")]
    public long? SizeBytes { get; init; }

    [Description("True for a disk that spins.")]
    public bool? Rotational { get; init; }

    [Description("How the disk is connected: nvme, sata, sas and so on.")]
    public string? Transport { get; init; }

    [Description("What the disk says of itself (SMART): false if it expects to fail soon. Empty where it says nothing.")]
    public bool? Healthy { get; init; }

    [Description("How much of the writes that its maker promises is used up, in percent, for flash. May go beyond 100.")]
    public int? PercentageUsed { get; init; }

    [Description("Hours that the disk has run.")]
    public long? PowerOnHours { get; init; }

    [Description("What lies on the disk, such as ceph_bluestore, LVM2_member or gpt.")]
    public IReadOnlyList<string> Signatures { get; init; } = [];
}
