using Caphr.Protocols.MachineConfig;

namespace Caphr.Protocols.Tests.MachineConfig;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("machine:\n  token: sesame.open # t\n", "machine:\n  token: ••• # t\n")]
    [InlineData("machine: {ca: {crt: 'c', key: \"k\"}, type: worker}\n", "machine: {ca: {crt: •••, key: •••}, type: worker}\n")]
    [InlineData("cluster:\n  secretboxEncryptionSecret: abc\n  aescbcEncryptionSecret: abc\n", "cluster:\n  secretboxEncryptionSecret: •••\n  aescbcEncryptionSecret: •••\n")]
    [InlineData("machine:\n  env:\n    http_proxy: http://x\n    MORE: y\n  type: worker\n", "machine:\n  env:\n    http_proxy: •••\n    MORE: •••\n  type: worker\n")]
    [InlineData("auth:\n- username: a\n  identityToken: b\n", "auth:\n- username: •••\n  identityToken: •••\n")]
    [InlineData("proxy: http://user:sesame@proxy:3128\n", "proxy: •••\n")]
    [InlineData("anything: VGhpcyBpcyBzdXJlbHkgYSBrZXkgb2Ygc29tZWJvZHk=\n", "anything: •••\n")]
    [InlineData("files:\n  - content: |\n      sesame\n      open\n    path: /x\n", "files:\n  - content: •••\n    path: /x\n")]
    [InlineData("keys:\n  - slot: 0\n    static:\n      passphrase: sesame\n", "keys:\n  - slot: 0\n    static:\n      passphrase: •••\n")]
    public void A_secret_is_not_shown(string configuration, string shown) => Assert.Equal(shown, SecretMask.Apply(configuration));

    [Theory]
    [InlineData("machine:\n  install:\n    disk: /dev/disk/by-id/nvme-SAMSUNG_MZVL2512HCJQ-00B00_S675NX0T123456\n")]
    [InlineData("machine:\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.34.1\n    extraArgs: {provider-id: \"hetzner-robot://2938101\"}\n")]
    [InlineData("---\napiVersion: v1alpha1\nkind: LinkAliasConfig\nname: uplink\nselector:\n  match: 'mac(link.permanent_addr) == \"a8:a1:59:0b:12:fe\"'\n")]
    [InlineData("cluster:\n  controlPlane:\n    endpoint: https://10.10.0.240:6443\n  clusterName: kestrel\n")]
    [InlineData("key: \"\"\n")]
    public void What_people_want_to_see_is_shown(string configuration) => Assert.Equal(configuration, SecretMask.Apply(configuration));

    [Fact]
    public void Nothing_secret_of_a_whole_configuration_is_left()
    {
        var shown = SecretMask.Apply(GoldenCase.Named("1.12/seed-example").Expected!);

        foreach (var secret in new[] { "abcdef.0123456789abcdef", "LS0tLS1CRUdJTi", "pofHbABZ", "c2hhcmVk", "Z2VuZXJhdGVk" }) Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        Assert.Contains("hostname: \"compute-fsn1-2938104\"", shown, StringComparison.Ordinal);
    }
}
