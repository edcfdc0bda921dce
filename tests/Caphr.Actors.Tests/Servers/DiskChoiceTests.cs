using Caphr.Actors.Servers;

namespace Caphr.Actors.Tests.Servers;

public sealed class DiskChoiceTests
{
    private static readonly DiskFacts s_small = new("nvme1n1", "S2", "eui.2", "nvme-S2", 500, Rotational: false, Foreign: null);
    private static readonly DiskFacts s_large = new("nvme0n1", "S1", "eui.1", "nvme-S1", 1000, Rotational: false, Foreign: null) { OtherIds = ["nvme-eui.1", "wwn-0x1"] };
    private static readonly DiskFacts s_ceph = new("sda", "S3", "0x3", "ata-S3", 100, Rotational: true, Foreign: "ceph_bluestore");
    private static readonly DiskPolicy s_careful = new(Hint: null, MayDestroyForeignData: false);
    private static readonly DiskPolicy s_clean = s_careful with { MayDestroyForeignData = true };

    [Fact]
    public void The_choice_does_not_depend_on_the_order_in_which_disks_are_listed()
    {
        Assert.Equal(new DiskChoice.Chosen(s_small), Choose([s_large, s_small, s_ceph], s_careful));
        Assert.Equal(new DiskChoice.Chosen(s_small), Choose([s_ceph, s_small, s_large], s_careful));
    }

    [Theory]
    [InlineData("S1")]
    [InlineData("eui.1")]
    [InlineData("/dev/disk/by-id/nvme-S1")]
    [InlineData("/dev/disk/by-id/wwn-0x1")]
    [InlineData("nvme-eui.1")]
    [InlineData("EUI.1")]
    public void A_hint_names_a_disk_by_any_of_its_names(string hint) =>
        Assert.Equal(new DiskChoice.Chosen(s_large), Choose([s_large, s_small], s_careful with { Hint = hint }));

    [Fact]
    public void A_kernel_name_is_no_identity_where_there_are_two_disks()
    {
        Assert.IsType<DiskChoice.None>(Choose([s_large, s_small], s_careful with { Hint = "/dev/nvme0n1" }));
        Assert.Equal(new DiskChoice.Chosen(s_large), Choose([s_large], s_careful with { Hint = "/dev/nvme0n1" }));
    }

    [Fact]
    public void A_hint_that_matches_nothing_never_falls_back_to_another_disk()
    {
        var none = Assert.IsType<DiskChoice.None>(Choose([s_large], s_careful with { Hint = "S9" }));
        Assert.Equal("DiskNotFound", none.Reason);
        Assert.Contains("S1", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_others_is_respected_even_when_the_hint_names_its_disk()
    {
        Assert.Equal("ForeignData", Assert.IsType<DiskChoice.None>(Choose([s_ceph, s_large], s_careful with { Hint = "S3" })).Reason);
        Assert.Equal(new DiskChoice.Chosen(s_ceph), Choose([s_ceph], new DiskPolicy("S3", MayDestroyForeignData: true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_disk_that_holds_nobodys_data_comes_first_whatever_may_be_destroyed(bool needsPermit)
    {
        var database = s_small with { Serial = "S0", SizeBytes = 50, Foreign = "ceph_bluestore" };
        var blankAndSlow = s_ceph with { Foreign = null };

        Assert.Equal(new DiskChoice.Chosen(s_large), Choose([database, s_large], s_clean, needsPermit));
        Assert.Equal(new DiskChoice.Chosen(blankAndSlow), Choose([database, blankAndSlow], s_clean, needsPermit));
    }

    [Fact]
    public void A_permit_does_not_choose_between_disks_that_all_hold_data()
    {
        var database = s_small with { Foreign = "ceph_bluestore" };

        var none = Assert.IsType<DiskChoice.None>(Choose([database, s_ceph], s_clean, needsPermit: true));

        Assert.Equal("DiskNotNamed", none.Reason);
        Assert.EndsWith("Name the disk to install on with installDisk.", none.Message, StringComparison.Ordinal);
        Assert.Contains("nvme1n1 (serial S2", none.Message, StringComparison.Ordinal);
        Assert.Equal(new DiskChoice.Chosen(s_ceph), Choose([database, s_ceph], s_clean with { Hint = "S3" }, needsPermit: true));
        Assert.Equal(new DiskChoice.Chosen(database), Choose([database], s_clean, needsPermit: true));
        Assert.Equal(new DiskChoice.Chosen(database), Choose([database, s_ceph], s_clean));
    }

    [Fact]
    public void A_server_without_disks_is_told_apart_from_a_wrong_hint() =>
        Assert.Equal("NoDisks", Assert.IsType<DiskChoice.None>(Choose([], s_careful)).Reason);

    private static DiskChoice Choose(IReadOnlyList<DiskFacts> disks, DiskPolicy policy, bool needsPermit = false) =>
        DiskChoice.Choose(disks, policy, new WipeGuard(needsPermit, Permit: null));
}
