using System.Security.Cryptography;
using Caphr.Lab.StandIns;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using static Caphr.Lab.Tests.StandIns.DemoObjects;

namespace Caphr.Lab.Tests.StandIns;

public sealed class RescueKeysTests : IDisposable
{
    private readonly RescueKeys _keys = new();

    public void Dispose() => _keys.Dispose();

    [Fact]
    public void An_ssh_secret_that_nobody_made_is_made_with_a_private_key()
    {
        var secret = Assert.IsType<Write.Create<Secret>>(Assert.Single(_keys.Plan(All))).Wanted;

        Assert.Equal(Key("rescue-ssh"), secret.Key);
        using var key = ECDsa.Create();
        key.ImportFromPem(secret.Text("ssh-privatekey"));
        Assert.NotNull(key.ExportParameters(includePrivateParameters: true).D);
    }

    [Fact]
    public void An_ssh_secret_of_the_users_own_is_left_alone() =>
        Assert.Empty(_keys.Plan(All with { Secrets = new HashSet<ObjectKey> { Key("rescue-ssh") } }));
}
