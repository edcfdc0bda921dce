using Caphr.Protocols.Talos;

namespace Caphr.Protocols.Tests.Talos;

public sealed class ConfigurationSecretsTests
{
    [Fact]
    public void What_Talos_quotes_of_the_configuration_is_masked() =>
        Assert.Equal("no such token: •••", new ConfigurationSecrets("machine:\n  token: sesame.open\n").Mask("no such token: sesame.open"));

    [Fact]
    public void What_kind_of_document_it_was_stays_readable() => Assert.Equal(
        "error decoding document v1alpha1/LinkConfig/•••",
        new ConfigurationSecrets("apiVersion: v1alpha1\nkind: LinkConfig\nname: sesame-open\n").Mask("error decoding document v1alpha1/LinkConfig/sesame-open"));

    [Theory]
    [InlineData("machine: [sesame.open\ntoken: 1\n")]
    [InlineData("machine: {token: sesame.open")]
    [InlineData("machine: 'sesame.open")]
    public void Of_a_configuration_that_cannot_be_read_nothing_is_shown(string configuration) =>
        Assert.Equal("(withheld: the configuration is no YAML)", new ConfigurationSecrets(configuration).Mask("near sesame.open"));
}
