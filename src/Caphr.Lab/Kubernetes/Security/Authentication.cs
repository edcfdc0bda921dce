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

    private readonly LabAuthority? _authority;
    private readonly ConcurrentDictionary<string, LabUser> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LabUser?> _certificates = new(StringComparer.Ordinal);

    private readonly LabUser? _insider;

    /// <param name="authority">Null: nobody is asked who they are.</param>
    /// <param name="security">Null where there is no authority.</param>
    /// <param name="administrator">Who comes through the back door, if there is one.</param>
    public Authentication(LabAuthority? authority, LabSecurity? security, LabUser administrator)
    {
        _authority = authority;
        _insider = security?.BackDoor == true ? administrator : null;
        foreach (var (token, user) in security?.Tokens ?? new Dictionary<string, LabUser>()) _tokens[Hash(token)] = user;
    }

    /// <summary>A new token, good for as long as this process runs.</summary>
    public string Admit(LabUser user)
    {
        var token = RandomNumberGenerator.GetHexString(48, lowercase: true);
        _tokens[Hash(token)] = user;
        return token;
    }

    /// <summary>Null: known to nobody. A wrong token is not saved by being no token at all.</summary>
    public LabUser? Identify(HttpContext context)
    {
        if (_authority is null) return LabUser.Anonymous;
        if (_insider is not null && !context.Request.IsHttps) return Known(_insider);
        if (context.Connection.ClientCertificate is { } certificate && Recognise(certificate) is { } holder) return Known(holder);
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Identify(header[Scheme.Length..].Trim()) : null;
    }

    /// <summary>Whose token that is, or null.</summary>
    public LabUser? Identify(string token) => _tokens.TryGetValue(Hash(token), out var user) ? Known(user) : null;

    private static LabUser Known(LabUser user) => user with { Groups = [.. user.Groups, AllKnown] };

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    // A chain is built once for each certificate, not for each request.
    private LabUser? Recognise(X509Certificate2 certificate) =>
        _certificates.GetOrAdd(certificate.GetCertHashString(HashAlgorithmName.SHA256), _ => _authority!.Recognise(certificate));
}
