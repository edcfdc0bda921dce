using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Caphr.Protocols.Talos;

/// <summary>
/// Finds out who answers, with one connection: its handshake tells whose certificate it is and whether ours is asked for, and the
/// version is read over the same connection. Any peer is accepted for that long, as nothing is sent to it but the question for its
/// version; our certificate is shown only to a node that our CA vouches for.
/// </summary>
internal sealed class TalosProbe(TalosIdentity? identity, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private SpkiPin? _pin;
    private bool _ours;
    private bool _asksForCertificate;

    public SslClientAuthenticationOptions Tls => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Meet(certificate as X509Certificate2),
        LocalCertificateSelectionCallback = (_, _, _, peer, _) => Show(peer)!,
    };

    public Outcome<TalosPresence, TalosFailure> Judge(Outcome<TalosVersion, TalosFailure> version)
    {
        lock (_gate)
        {
            if (version.TryGet(out var known, out var failure))
                return _ours ? new TalosPresence.Secured(known) : new TalosPresence.Maintenance(_pin!.Value, known);

            return failure.Error switch
            {
                TalosError.NotListening => new TalosPresence.NotListening(HostAnswers: true),
                TalosError.Unreachable => new TalosPresence.NotListening(HostAnswers: false),
                _ when _ours => failure,

                // TLS 1.3 ends the client's handshake before the server has looked for a certificate: the refusal shows as a lost connection.
                _ when _asksForCertificate => new TalosPresence.Foreign(ForeignPeer.AnotherCluster),
                TalosError.HandshakeFailed or TalosError.NotTalos or TalosError.NotImplemented or TalosError.AnswerMalformed or TalosError.AnswerTooLarge
                    => new TalosPresence.Foreign(ForeignPeer.NotTalos),
                _ => failure,
            };
        }
    }

    /// <summary>A second connection, should there be one, has to lead to the same peer as the first.</summary>
    private bool Meet(X509Certificate2? peer)
    {
        if (peer is null) return false;
        lock (_gate)
        {
            var pin = SpkiPin.Of(peer);
            if (_pin is { } first && first != pin) return false;
            _pin = pin;
            _ours = identity is not null && TalosTls.Vouches(identity, peer, clock);
            return true;
        }
    }

    /// <summary>Also called before the handshake, when there is no peer yet.</summary>
    private X509Certificate2? Show(X509Certificate? peer)
    {
        if (peer is not X509Certificate2 known) return null;
        lock (_gate) _asksForCertificate = true;
        return identity is not null && TalosTls.Vouches(identity, known, clock) ? identity.Certificate.Certificate : null;
    }
}
