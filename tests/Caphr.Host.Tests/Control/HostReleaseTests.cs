using Caphr.Actors.Servers;
using Caphr.Host.Control;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.Host.Tests.Control;

/// <summary>A server of class storage, or under RequiresExternalRelease, is somebody's only for the Machine that a release names.</summary>
public sealed class HostReleaseTests
{
    private readonly Objects _objects = new();

    [Theory]
    [InlineData(LifecycleClass.Storage, null)]
    [InlineData(LifecycleClass.Compute, DestructiveProvisioningPolicy.RequiresExternalRelease)]
    public void A_guarded_server_is_not_claimed_without_a_release_and_the_machine_says_for_which_UID_it_needs_one(LifecycleClass lifecycleClass, DestructiveProvisioningPolicy? policy)
    {
        AddGuarded(lifecycleClass, policy);
        _objects.AddMachine("storage-0");

        Assert.DoesNotContain("consumerRef", _objects.WrittenTo("node1"), StringComparison.Ordinal);
        Assert.Contains("it is without a valid HetznerRobotHostRelease for this Machine, whose UID is uid-storage-0", _objects.WrittenTo("storage-0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_gives_the_server_to_its_machine_and_to_no_other()
    {
        AddGuarded();
        _objects.AddMachine("earlier");
        _objects.AddMachine("storage-0");
        AddRelease();

        Assert.Contains("\"uid\":\"uid-storage-0\"", _objects.WrittenTo("node1"), StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<HetznerRobotHostRelease, HetznerRobotHostRelease>> Unfit => new()
    {
        { "expired", release => release with { Spec = release.Spec with { ExpiresAt = Objects.Now } } },
        { "for another host", release => release with { Spec = release.Spec with { HostRef = new HostReference { Name = "node2" } } } },
        { "for a Machine of the same name and another UID", release => release with { Spec = release.Spec with { MachineRef = release.Spec.MachineRef with { Uid = "uid-before" } } } },
        { "for a Machine of another namespace", release => release with { Spec = release.Spec with { MachineRef = release.Spec.MachineRef with { Namespace = "other" } } } },
        { "in another namespace", release => release with { Metadata = release.Metadata with { Namespace = "other" } } },
        { "being deleted", release => release with { Metadata = release.Metadata with { DeletionTimestamp = Objects.Now } } },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void A_release_that_does_not_fit_permits_nothing(string how, Func<HetznerRobotHostRelease, HetznerRobotHostRelease> change)
    {
        AddGuarded();
        _objects.AddMachine("storage-0");
        AddRelease(change);

        var written = _objects.WrittenTo("node1");

        Assert.False(written!.Contains("consumerRef", StringComparison.Ordinal), how);
    }

    [Fact]
    public void The_release_of_another_machine_justifies_nothing_for_the_one_that_has_the_server()
    {
        AddGuarded(consumer: "storage-0");
        _objects.AddMachine("storage-0");
        AddRelease(release => release with { Spec = release.Spec with { MachineRef = release.Spec.MachineRef with { Uid = "uid-other" } } });

        Assert.Equal(new WipeGuard(NeedsPermit: true, Permit: null), _objects.WishFor(1).Provision!.Guard);
    }

    [Fact]
    public void The_wish_carries_the_release_as_the_fact_that_justifies_the_wipe()
    {
        AddGuarded(consumer: "storage-0");
        _objects.AddMachine("storage-0");
        AddRelease();

        var provision = _objects.WishFor(1).Provision!;

        Assert.Equal(new WipeGuard(NeedsPermit: true, new WipePermit(new ObjectName(Objects.Namespace, "release"), "uid-release", Objects.Now.AddHours(1))), provision.Guard);
        Assert.True(provision.Disk.MayDestroyForeignData);
    }

    [Fact]
    public void A_server_claimed_by_hand_is_wished_for_under_its_guard_and_keeps_foreign_data()
    {
        AddGuarded(consumer: "storage-0");
        _objects.AddMachine("storage-0");

        var provision = _objects.WishFor(1).Provision!;

        Assert.Equal(new WipeGuard(NeedsPermit: true, Permit: null), provision.Guard);
        Assert.False(provision.Disk.MayDestroyForeignData);
    }

    [Fact]
    public void Giving_the_server_back_is_guarded_by_what_holds_then()
    {
        AddGuarded(consumer: "storage-0");
        _objects.AddMachine(
            "storage-0",
            machine => machine with { Metadata = machine.Metadata with { DeletionTimestamp = Objects.Now } },
            owner => owner with { Metadata = owner.Metadata with { DeletionTimestamp = Objects.Now } });

        Assert.Equal(new WipeGuard(NeedsPermit: true, Permit: null), _objects.WishFor(1).ReleaseGuard);
        AddRelease();
        Assert.Equal("uid-release", _objects.WishFor(1).ReleaseGuard.Permit?.Uid);
    }

    [Fact]
    public void A_release_for_a_server_that_needs_none_changes_nothing()
    {
        _objects.AddHost(1, "storage-0");
        _objects.AddMachine("storage-0");
        AddRelease();

        var provision = _objects.WishFor(1).Provision!;

        Assert.Equal(WipeGuard.None, provision.Guard);
        Assert.False(provision.Disk.MayDestroyForeignData);
        Assert.Contains("\"reason\":\"NotNeeded\"", _objects.WrittenTo("release"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_runs_on_a_guarded_server_is_taken_up_again_without_a_release()
    {
        AddGuarded();
        _objects.AddMachine("storage-0", machine => machine with { Spec = machine.Spec with { ProviderID = "hetzner-robot://1" } });

        Assert.Contains("\"uid\":\"uid-storage-0\"", _objects.WrittenTo("node1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "True", "Valid", "may be wiped for Machine storage-0 until 2026-03-01 04:00:00 UTC")]
    [InlineData("expired", "False", "Expired", "Create another")]
    [InlineData("for another host", "False", "HostNotFound", "There is no HetznerRobotHost node2")]
    [InlineData("for a Machine of the same name and another UID", "False", "OtherMachine", "has the UID uid-storage-0")]
    [InlineData("for a Machine of another namespace", "False", "OtherNamespace", "is in other")]
    public void A_release_shows_what_it_permits_or_why_it_permits_nothing(string how, string status, string reason, string words)
    {
        AddGuarded();
        _objects.AddMachine("storage-0");
        AddRelease(Unfit.Where(one => (string)one[0] == how).Select(one => (Func<HetznerRobotHostRelease, HetznerRobotHostRelease>)one[1]).SingleOrDefault());

        var shown = HostReleases.StatusOf(_objects.Releases[0], _objects.Look());

        var valid = shown.Conditions.Single(condition => condition.Type == "Valid");
        Assert.Equal((status, reason), (valid.Status, valid.Reason));
        Assert.Contains(words, shown.Message, StringComparison.Ordinal);
        Assert.Equal("NotUsed", shown.Conditions.Single(condition => condition.Type == "Used").Reason);
    }

    [Fact]
    public void A_release_that_was_used_says_for_whom_and_since_when_and_keeps_saying_so()
    {
        AddGuarded(consumer: "storage-0");
        _objects.AddMachine("storage-0");
        AddRelease();
        var plan = _objects.WishFor(1).Provision!;
        var id = new ServerNumber(1);
        Show(new ServerState.Claimed { Number = id, Plan = plan });
        Assert.Null(HostReleases.StatusOf(_objects.Releases[0], _objects.Look()).UsedBy);

        Show(new ServerState.EnteringRescue(Purpose.Install, RescueStage.Arming) { Number = id, Plan = plan });
        var used = HostReleases.StatusOf(_objects.Releases[0], _objects.Look());
        _objects.Releases[0] = _objects.Releases[0] with { Status = used };
        Show(new ServerState.Available { Number = id });
        var later = HostReleases.StatusOf(_objects.Releases[0], _objects.Look());

        Assert.Equal(($"{Objects.Namespace}/storage-0", Objects.Now), (used.UsedBy, used.UsedAt));
        Assert.Equal("True", used.Conditions.Single(condition => condition.Type == "Used").Status);
        Assert.Equal((used.UsedBy, used.UsedAt), (later.UsedBy, later.UsedAt));
        Assert.Null(_objects.WrittenTo("release"));

        void Show(ServerState state) => _objects.Servers[id] = new ServerSnapshot(state, Note: null);
    }

    [Fact]
    public void The_end_of_a_release_is_a_reason_to_look_again()
    {
        Assert.Null(_objects.Look().NextExpiry);

        AddRelease(release => release with { Spec = release.Spec with { ExpiresAt = Objects.Now } });
        AddRelease();

        Assert.Equal(Objects.Now.AddHours(1), _objects.Look().NextExpiry);
    }

    private void AddGuarded(LifecycleClass lifecycleClass = LifecycleClass.Storage, DestructiveProvisioningPolicy? policy = null, string? consumer = null)
    {
        var host = _objects.AddHost(1, consumer);
        _objects.Hosts[0] = host with { Spec = host.Spec with { LifecycleClass = lifecycleClass, DestructiveProvisioningPolicy = policy } };
    }

    private void AddRelease(Func<HetznerRobotHostRelease, HetznerRobotHostRelease>? change = null)
    {
        var release = new HetznerRobotHostRelease
        {
            Metadata = Objects.Meta("release"),
            Spec = new HetznerRobotHostReleaseSpec
            {
                HostRef = new HostReference { Name = "node1" },
                MachineRef = new ReleaseMachineReference { Name = "storage-0", Namespace = Objects.Namespace, Uid = "uid-storage-0" },
                ApprovedAction = "WipeAndReinstall",
                ExpiresAt = Objects.Now.AddHours(1),
            },
        };
        _objects.Releases.Add(change?.Invoke(release) ?? release);
    }
}
