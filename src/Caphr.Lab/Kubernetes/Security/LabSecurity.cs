namespace Caphr.Lab.Kubernetes.Security;

/// <summary>TLS with an authority made at start, and nobody is served who is not known: by a token or by a certificate of that authority.</summary>
public sealed record LabSecurity
{
    /// <summary>Bearer tokens and whose they are. Not part of the text of this record.</summary>
    public IReadOnlyDictionary<string, LabUser> Tokens { get; init; } = new Dictionary<string, LabUser>();

    /// <summary>Whether roles and bindings decide who may do what. Else whoever is known may do everything.</summary>
    public bool Authorization { get; init; }

    /// <summary>
    /// Beside TLS a door on plain HTTP for those who are part of the datacenter itself: whoever comes through it is an administrator, and it is the
    /// address of the server. For everybody else there is <see cref="LabKubernetes.SecureAddress"/>.
    /// </summary>
    public bool BackDoor { get; init; }

    public override string ToString() => $"{Tokens.Count} tokens";
}

/// <summary>Who someone is to Kubernetes: a name and groups, nothing more.</summary>
public sealed record LabUser(string Name, params IReadOnlyList<string> Groups)
{
    /// <summary>Whoever comes to a server that asks nobody who they are.</summary>
    internal static readonly LabUser Anonymous = new("system:anonymous", "system:unauthenticated");
}

/// <summary>What a kubeconfig proves itself with.</summary>
public abstract record LabCredential
{
    private LabCredential() { }

    /// <summary>Nothing: right on plain HTTP, refused elsewhere.</summary>
    public sealed record None : LabCredential;

    public sealed record Token(string Value) : LabCredential
    {
        public override string ToString() => nameof(Token);
    }

    /// <summary>A client certificate, issued for the kubeconfig that is written: CN is the user, each O a group.</summary>
    public sealed record Certificate(LabUser User) : LabCredential;
}
