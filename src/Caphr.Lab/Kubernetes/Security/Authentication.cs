using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>Says who a request comes from: by its certificate, else by its token, as kube-apiserver asks. Tokens are kept as hashes.</summary>
internal sealed class Authentication
{
    private const string Scheme = "Bearer ";
    private const string AllKnown = "system:authenticated";

    /// <summary>What tokens are made for if nobody says otherwise: this API server itself.</summary>
    private const string OwnAudience = "https://kubernetes.default.svc.cluster.local";

    private readonly LabAuthority? _authority;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Holder> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LabUser?> _certificates = new(StringComparer.Ordinal);

    private readonly LabUser? _insider;

    /// <param name="authority">Null: nobody is asked who they are.</param>
    /// <param name="security">Null where there is no authority.</param>
    /// <param name="administrator">Who comes through the back door, if there is one.</param>
    public Authentication(LabAuthority? authority, LabSecurity? security, LabUser administrator, TimeProvider clock)
    {
        _authority = authority;
        _clock = clock;
        _insider = security?.BackDoor == true ? administrator : null;
        foreach (var (token, user) in security?.Tokens ?? new Dictionary<string, LabUser>()) _tokens[Hash(token)] = new Holder(user, [OwnAudience], DateTimeOffset.MaxValue);
    }

    /// <summary>A new token for somebody.</summary>
    /// <param name="audiences">Who may take it for theirs; none: this API server.</param>
    public string Admit(LabUser user, IReadOnlyList<string> audiences, DateTimeOffset until)
    {
        var token = RandomNumberGenerator.GetHexString(48, lowercase: true);
        _tokens[Hash(token)] = new Holder(user, audiences is [] ? [OwnAudience] : audiences, until);
        return token;
    }

    /// <summary>Null: known to nobody. A wrong token is not saved by being no token at all.</summary>
    public LabUser? Identify(HttpContext context)
    {
        if (_authority is null) return LabUser.Anonymous;
        if (_insider is not null && !context.Request.IsHttps) return Known(_insider);
        if (context.Connection.ClientCertificate is { } certificate && Recognise(certificate) is { } holder) return Known(holder);
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Identify(header[Scheme.Length..].Trim(), [])?.User : null;
    }

    /// <summary>Whose token that is and for which of these audiences it was made, or null if for none of them.</summary>
    /// <param name="audiences">None: this API server.</param>
    public (LabUser User, IReadOnlyList<string> Audiences)? Identify(string token, IReadOnlyList<string> audiences) =>
        _tokens.TryGetValue(Hash(token), out var holder)
        && _clock.GetUtcNow() < holder.Until
        && (audiences is [] ? [OwnAudience] : audiences).Intersect(holder.Audiences).ToList() is { Count: > 0 } shared
            ? (Known(holder.User), shared)
            : null;

    private sealed record Holder(LabUser User, IReadOnlyList<string> Audiences, DateTimeOffset Until);

    private static LabUser Known(LabUser user) => user with { Groups = [.. user.Groups, AllKnown] };

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    // A chain is built once for each certificate, not for each request.
    private LabUser? Recognise(X509Certificate2 certificate) =>
        _certificates.GetOrAdd(certificate.GetCertHashString(HashAlgorithmName.SHA256), _ => _authority!.Recognise(certificate));
}
