using Caphr.Protocols.MachineConfig;

namespace Caphr.Protocols.Tests.MachineConfig;

public sealed class FactsFileTests
{
    [Fact]
    public void Every_fact_can_be_written_down()
    {
        var facts = FactsFile.Read(
            """
            {
              // comments are allowed
              "installDisk": {"serial": "S675NX0T123456", "by": "serial"},
              "ipv4": {"dhcp": true},
              "vlan": {"id": 4000, "address": "10.10.0.6"},
              "nodeFamilies": ["IPv6"],
              "dataVolumes": [{"name": "scratch", "kind": "User", "maxSize": "10GiB"}],
              "nodeLabels": {"a": "b"}
            }
            """).Value;

        Assert.Equal(new InstallDisk.BySerial("S675NX0T123456"), facts.InstallDisk);
        Assert.Equal((24, 1400), (facts.Vlan!.PrefixLength, facts.Vlan.Mtu));
        Assert.Equal([IpFamily.IPv6], facts.NodeFamilies);
        Assert.Equal("system_disk", Assert.Single(facts.DataVolumes).DiskMatch);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("null", "they are null")]
    [InlineData("{\n \"sharedSecrets\": {\"secretboxKey\": sesame}}", "line 2")]
    [InlineData("{\"vlan\": {\"id\": 4000}}", "$.vlan")]
    [InlineData("{\"vlan\": {\"id\": \"sesame\", \"address\": \"10.0.0.1\"}}", "$.vlan.id")]
    [InlineData("{\"sesame\": 1}", "$.sesame")]
    [InlineData("{\"installDisk\": {\"wwn\": \"sesame\"}}", "by which name")]
    [InlineData("{\"ipv4\": null, \"resolvers\": null}", "$.resolvers")]
    public void What_cannot_be_read_is_named_by_its_place(string json, string place)
    {
        var failure = FactsFile.Read(json).Failure;

        Assert.Equal(MachineConfigError.FactsUnreadable, failure?.Error);
        Assert.Contains(place, failure?.Detail, StringComparison.Ordinal);
        if (place != "$.sesame") Assert.DoesNotContain("sesame", failure?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_do_not_print_their_secrets() =>
        Assert.DoesNotContain("sesame", FactsFile.Read("{\"sharedSecrets\": {\"secretboxKey\": \"sesame\", \"serviceAccountKey\": \"sesame\"}}").Value.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("secrets:\n  secretboxencryptionsecret: a\ncerts:\n  k8sserviceaccount:\n    key: b\n", "a", "b")]
    [InlineData("certs: {}\n", null, null)]
    public void Shared_secrets_come_from_a_bundle(string bundle, string? secretbox, string? serviceAccount) =>
        Assert.Equal(new SharedSecrets(secretbox, serviceAccount), SharedSecrets.FromBundle(bundle).Value);

    [Theory]
    [InlineData("sesame: [")]
    [InlineData("a: [sesame\nb: 1\n")]
    [InlineData("- sesame\n")]
    public void A_bundle_that_is_none_is_refused_without_being_quoted(string bundle) =>
        Assert.DoesNotContain("sesame", SharedSecrets.FromBundle(bundle).Failure!.Detail, StringComparison.Ordinal);
}
