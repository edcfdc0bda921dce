using System.Globalization;
using Caphr.Actors.Servers;
using Caphr.Protocols;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Certificates;
using Caphr.Protocols.Talos.Rules;

namespace Caphr.Host.Effects;

/// <summary>Makes us known to a cluster's nodes, for an hour and with the least role that does it, from the cluster's own Talos secrets.</summary>
internal sealed class TalosIdentities(SecretReader secrets, TimeProvider clock)
{
    public const string BundleKey = "bundle";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    public Task<Outcome<HeldIdentity, StepProblem>> ReadAsync(ObjectName name, CancellationToken cancellation) => ReadAsync(name, TalosCall.ReadState, cancellation);

    /// <param name="call">The most that is to be asked of a node.</param>
    public async Task<Outcome<HeldIdentity, StepProblem>> ReadAsync(ObjectName name, TalosCall call, CancellationToken cancellation)
    {
        var read = await secrets.ReadAsync(name, "the cluster's Talos secrets", [BundleKey], cancellation);
        if (!read.TryGet(out var secret, out var problem)) return problem;

        var parsed = TalosBundle.Parse(secret.Text(BundleKey)!);
        if (!parsed.TryGet(out var bundle, out var failure)) return new StepProblem("TalosSecretsUnreadable", $"{failure.Detail} (Secret {name})", Advice.WaitForPerson);
        // No certificate outlives its authority, and one that ends at once would be minted without end.
        if (bundle.Authority.Certificate.NotAfter.ToUniversalTime() < clock.GetUtcNow().UtcDateTime + s_lifetime)
        {
            var end = bundle.Authority.Certificate.NotAfter.ToUniversalTime();
            bundle.Dispose();
            return new StepProblem("TalosSecretsUnreadable", string.Create(CultureInfo.InvariantCulture, $"The Talos CA in Secret {name} ends at {end:yyyy-MM-dd HH:mm:ss} UTC: rotate it."), Advice.WaitForPerson);
        }

        return new HeldIdentity(bundle, TalosClientCertificate.Mint(bundle.Authority, TalosRules.LeastRole(call), s_lifetime, clock.GetUtcNow()));
    }
}

/// <summary>An identity and the keys it is made of, which end with it.</summary>
internal sealed class HeldIdentity(TalosBundle bundle, TalosClientCertificate certificate) : IDisposable
{
    public TalosIdentity Identity { get; } = new(bundle.Authority.Certificate, certificate);

    public void Dispose()
    {
        certificate.Dispose();
        bundle.Dispose();
    }
}
