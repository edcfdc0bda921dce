using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.Rescue;

namespace Caphr.Host.Effects;

/// <summary>The key that opens the rescue system, read from its Secret for one step.</summary>
internal sealed class SshKeys(SecretReader secrets)
{
    public const string PrivateKey = "ssh-privatekey";

    public async Task<Outcome<SshUserKey, StepProblem>> ReadAsync(ObjectName name, CancellationToken cancellation)
    {
        var read = await secrets.ReadAsync(name, "the SSH key for the rescue system", [PrivateKey], cancellation);
        if (!read.TryGet(out var secret, out var problem)) return problem;

        var parsed = SshUserKey.Parse(secret.Text(PrivateKey)!);
        return parsed.TryGet(out var key, out var failure)
            ? key
            : new StepProblem("SshKeyUnreadable", $"The SSH key in Secret {name} cannot be used: {failure.Detail}", Advice.WaitForPerson);
    }
}
