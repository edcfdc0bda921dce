using Caphr.Protocols.Rescue;

namespace Caphr.Protocols.Tests.Rescue;

public sealed class SshUserKeyTests
{
    public static TheoryData<string, string[]> KindsOfKeys => new()
    {
        { "ssh-ed25519", ["-t", "ed25519"] },
        { "ecdsa-sha2-nistp256", ["-t", "ecdsa", "-b", "256"] },
        { "ecdsa-sha2-nistp384", ["-t", "ecdsa", "-b", "384"] },
        { "ssh-rsa", ["-t", "rsa", "-b", "2048"] },
        { "ssh-rsa", ["-t", "rsa", "-b", "2048", "-m", "PEM"] },
        { "ecdsa-sha2-nistp256", ["-t", "ecdsa", "-b", "256", "-m", "PKCS8"] },
    };

    [Theory]
    [MemberData(nameof(KindsOfKeys))]
    public async Task A_key_of_ssh_keygen_is_read_and_named_as_ssh_keygen_names_it(string algorithm, string[] arguments)
    {
        var (text, publicLine) = await Sshd.KeygenAsync(arguments);

        using var key = SshUserKey.Parse(text).Value;

        Assert.Equal(algorithm, key.Algorithm);
        Assert.Equal(publicLine.Replace(" test", "", StringComparison.Ordinal), key.PublicKeyLine);
        Assert.Equal(await FingerprintAsync(publicLine, "sha256"), key.Sha256Fingerprint);
        Assert.Equal(await FingerprintAsync(publicLine, "md5"), $"MD5:{key.Md5Fingerprint}");
    }

    [Fact]
    public void A_generated_key_can_be_read_again()
    {
        using var key = SshUserKey.Parse(SshUserKey.GenerateEd25519().Value).Value;

        Assert.StartsWith("ssh-ed25519 AAAA", key.PublicKeyLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJeo8bD9GbmdqDzv7rmLpTxUvbs1yU2QHdyJlHFWKBhU")]
    public void What_is_no_private_key_is_refused(string text) =>
        Assert.Equal(RescueError.UserKeyUnreadable, SshUserKey.Parse(text).Failure?.Error);

    [Theory]
    [InlineData("-t", "rsa", "-b", "2048", "-m", "PEM")]
    [InlineData("-t", "ecdsa", "-m", "PKCS8")]
    [InlineData("-t", "ed25519")]
    public async Task An_encrypted_key_is_refused_in_so_many_words_and_without_asking_a_terminal(params string[] arguments)
    {
        var (text, _) = await Sshd.KeygenAsync([.. arguments, "-N", "secret"]);

        var failure = SshUserKey.Parse(text).Failure;

        Assert.Equal(RescueError.UserKeyUnreadable, failure?.Error);
        Assert.Contains("passphrase", failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_damaged_is_not_said_to_have_a_passphrase()
    {
        var text = SshUserKey.GenerateEd25519().Value;

        Assert.DoesNotContain("passphrase", SshUserKey.Parse(text.Remove(200, 40)).Failure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_the_key_nor_the_refusal_prints_what_was_secret()
    {
        var text = SshUserKey.GenerateEd25519().Value;
        var secretLine = text.Split('\n')[2];

        using var key = SshUserKey.Parse(text).Value;
        var refusal = SshUserKey.Parse(secretLine).Failure;

        Assert.DoesNotContain(secretLine, key.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secretLine, refusal!.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> FingerprintAsync(string publicLine, string hash)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, publicLine + "\n");
        var line = await Sshd.RunAsync("ssh-keygen", ["-l", "-E", hash, "-f", file]);
        File.Delete(file);
        return line.Split(' ')[1];
    }
}
