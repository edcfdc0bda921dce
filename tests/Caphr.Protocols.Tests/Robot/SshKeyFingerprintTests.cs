using Caphr.Protocols.Robot;

namespace Caphr.Protocols.Tests.Robot;

public sealed class SshKeyFingerprintTests
{
    [Theory]
    // Fingerprint as ssh-keygen -E md5 prints it for this key.
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHcWvrWrH4Yd0Sl5MIyozXnYcERZ6XxJuLCspEfiF3g1", "a7:ca:d6:10:61:4a:2c:ac:8a:ce:27:6a:0c:76:89:a2")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHcWvrWrH4Yd0Sl5MIyozXnYcERZ6XxJuLCspEfiF3g1 a comment of several words", "a7:ca:d6:10:61:4a:2c:ac:8a:ce:27:6a:0c:76:89:a2")]
    public void It_is_the_md5_of_the_decoded_key(string key, string fingerprint) => Assert.Equal(fingerprint, SshKeyFingerprint.OfOpenSsh(key));

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 not+base64!")]
    public void What_is_not_a_key_has_none(string text) => Assert.Null(SshKeyFingerprint.OfOpenSsh(text));
}
