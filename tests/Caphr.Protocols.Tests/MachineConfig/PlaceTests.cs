using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using FsCheck;
using FsCheck.Fluent;

namespace Caphr.Protocols.Tests.MachineConfig;

public sealed class PlaceTests
{
    private const string ProviderKey = "machine.kubelet.extraArgs.provider-id";

    private static readonly HardwareFacts s_facts = new() { InstallDisk = new InstallDisk.ByWwn("eui.0025388b710116a1"), ProviderId = "hetzner-robot://2938101" };

    [Fact]
    public void Documents_that_are_not_the_main_one_and_comments_stay_byte_for_byte()
    {
        const string Before = "---\n# first\napiVersion: v1alpha1\nkind: HostnameConfig\nauto:   stable   # odd spacing\n---\n";
        const string After = "---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: 'EPHEMERAL'\n...\n";

        var placed = Place(Before + "version: v1alpha1 # main\nmachine:\n    type: worker\n" + After);

        Assert.StartsWith(Before, placed.Documents, StringComparison.Ordinal);
        Assert.EndsWith(After, placed.Documents, StringComparison.Ordinal);
        Assert.Contains("version: v1alpha1 # main\n", placed.Documents, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("machine:\n  install:\n    disk: /dev/sda\n", "/dev/sda")]
    [InlineData("machine:\n  install: {diskSelector: {size: '>= 1TB'}}\n", "")]
    public void A_disk_the_template_chose_is_kept_and_reported(string machine, string value)
    {
        var placed = Place("version: v1alpha1\n" + machine, s_facts with { ProviderId = null });

        Assert.Equal("version: v1alpha1\n" + machine, placed.Documents);
        var kept = Assert.Single(placed.Placements);
        Assert.Equal((PlacementResult.Kept, value), (kept.Result, kept.Value));
    }

    [Theory]
    [InlineData("machine: {kubelet: {extraConfig: {providerID: 'hrobot://7'}}}\n")]
    [InlineData("base: &base {extraArgs: {provider-id: 'hrobot://7'}}\nmachine:\n  kubelet:\n    <<: *base\n")]
    public void A_provider_id_the_template_set_is_kept_with_its_value(string machine)
    {
        var placed = Place("version: v1alpha1\n" + machine, s_facts with { InstallDisk = null });

        var kept = Assert.Single(placed.Placements);
        Assert.Equal((ProviderKey, PlacementResult.Kept), (kept.Key, kept.Result));
        Assert.Equal("version: v1alpha1\n" + machine, placed.Documents);
    }

    [Theory]
    [InlineData("machine: [1]\n", "not a mapping")]
    [InlineData("other: &o {image: x}\nmachine:\n  kubelet: *o\n", "an alias")]
    [InlineData("other: &o {kubelet: {image: x}}\nmachine:\n  <<: *o\n  type: worker\n", "a merge")]
    [InlineData("machine:\n  kubelet: !!null\n  type: worker\n", "safely")]
    public void A_shape_nothing_can_be_added_to_is_refused_with_the_reason_and_left_alone(string machine, string reason)
    {
        var placed = Place("version: v1alpha1\n" + machine, s_facts with { InstallDisk = null });

        var refused = Assert.Single(placed.Placements);
        Assert.Equal(PlacementResult.Refused, refused.Result);
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        Assert.Equal("version: v1alpha1\n" + machine, placed.Documents);
    }

    [Theory]
    [InlineData("0x5000c500a1b2c3d4", "naa.5000c500a1b2c3d4")]
    [InlineData("eui.0025388b710116a1", "eui.0025388b710116a1")]
    public void A_world_wide_name_is_written_as_Talos_writes_it(string wwn, string wwid)
    {
        var placed = Place("version: v1alpha1\nmachine:\n  type: worker\n", new HardwareFacts { InstallDisk = new InstallDisk.ByWwn(wwn) });

        Assert.Equal(wwid, Assert.Single(placed.Placements).Value);
    }

    [Theory]
    [InlineData("a: [", MachineConfigError.NotYaml)]
    [InlineData("a: [new\nb: 1\n", MachineConfigError.NotYaml)]
    [InlineData("", MachineConfigError.NoMainDocument)]
    [InlineData("kind: HostnameConfig\n", MachineConfigError.NoMainDocument)]
    [InlineData("version: v1alpha1\n---\nversion: v1alpha1\n", MachineConfigError.SeveralMainDocuments)]
    [InlineData("version: v1beta1\nmachine: {}\n", MachineConfigError.UnknownVersion)]
    [InlineData("machine: {}\n", MachineConfigError.UnknownVersion)]
    [InlineData("machine: 1\nmachine: 2\n", MachineConfigError.NotYaml)]
    public void What_is_no_machine_configuration_is_refused_by_name(string text, MachineConfigError expected)
    {
        var failure = MachineConfiguration.Place(text, s_facts, TalosVersion.Parse("1.12.0")).Failure;

        Assert.Equal(expected, failure?.Error);
        Assert.Equal(RetryClass.NeedsHuman, failure?.Retry);
    }

    [Theory]
    [InlineData("a\"b\\c: # {[")]
    [InlineData("two\nlines\tand \u0007\u0085")]
    [InlineData("null")]
    public void Whatever_a_fact_says_is_read_as_it_was_meant(string value)
    {
        var placed = Place("version: v1alpha1\nmachine: {type: worker}\n", new HardwareFacts { ProviderId = value });

        Assert.Equal(PlacementResult.Placed, Assert.Single(placed.Placements).Result);
        Assert.Equal(value, ConfigurationDocuments.Parse(placed.Documents).Value.Main.Text("machine", "kubelet", "extraArgs", "provider-id"));
    }

    [Fact]
    public void A_machine_section_is_made_where_there_is_none() => Assert.Equal(
        "machine:\n   kubelet:\n      extraArgs:\n         provider-id: \"hetzner-robot://1\"\nversion: v1alpha1\ncluster:\n   clusterName: kestrel\n",
        Place("version: v1alpha1\ncluster:\n   clusterName: kestrel\n", new HardwareFacts { ProviderId = "hetzner-robot://1" }).Documents);

    [Fact]
    public void A_hundred_thousand_brackets_do_not_exhaust_the_stack() => Assert.Equal(
        MachineConfigError.TooDeep,
        MachineConfiguration.Place(new string('[', 100_000), s_facts, TalosVersion.Parse("1.12.0")).Failure?.Error);

    [Fact]
    public void A_mapping_merged_into_itself_ends() =>
        Assert.Equal(2, Place("version: v1alpha1\nmachine: &m\n  <<: *m\n  type: worker\n").Placements.Count);

    [Fact]
    public void The_result_does_not_print_the_configuration() =>
        Assert.DoesNotContain("sesame", Place("version: v1alpha1\nmachine: {token: sesame}\n").ToString(), StringComparison.Ordinal);

    /// <summary>Whatever the template's style, placing twice is placing once, and every fact is then where it belongs or explained.</summary>
    [Fact]
    public void Placing_is_idempotent()
    {
        string[] installs = ["", "  install:\n", "  install: null\n", "  install: {}\n", "  install: # none yet\n    image: x\n", "  install: {wipe: false}\n", "  \"install\":\n      wipe: false\n"];
        string[] kubelets = ["", "  kubelet: {}\n", "  kubelet:\n", "  kubelet:\n      extraArgs:\n          v: '2'\n", "  kubelet: {extraArgs: {v: '2'}}\n", "  kubelet:\n    extraArgs: ~\n", "  kubelet:\n\n    # here\n    image: y\n"];
        string[] ends = ["", "---\nkind: HostnameConfig\nauto: stable\n", "cluster:\n  clusterName: k\n"];
        var texts =
            from install in Gen.Elements(installs)
            from kubelet in Gen.Elements(kubelets)
            from end in Gen.Elements(ends)
            from windows in Gen.Elements(false, true)
            let text = "version: v1alpha1\nmachine:\n  type: worker\n" + install + kubelet + end
            select windows ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var once = Place(text);
            var twice = Place(once.Documents);
            return once.Placements.All(placement => placement.Result == PlacementResult.Placed)
                && twice.Placements.All(placement => placement.Result == PlacementResult.Kept)
                && twice.Documents == once.Documents
                && (text.Contains('\r', StringComparison.Ordinal) || !once.Documents.Contains('\r', StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();
    }

    private static PlacedConfiguration Place(string text, HardwareFacts? facts = null, string version = "1.12.4") =>
        MachineConfiguration.Place(text, facts ?? s_facts, TalosVersion.Parse(version)).Value;
}
