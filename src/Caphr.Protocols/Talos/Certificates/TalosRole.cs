using System.Diagnostics;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>What a client may do. Talos reads it from the Organization values of the client's certificate.</summary>
public enum TalosRole
{
    Reader,
    Operator,

    /// <summary>May write the META partition, and nothing else.</summary>
    MetaWriter,
    Admin,
}

public static class TalosRoles
{
    public static string Organization(this TalosRole role) => role switch
    {
        TalosRole.Reader => "os:reader",
        TalosRole.Operator => "os:operator",
        TalosRole.MetaWriter => "os:meta:writer",
        TalosRole.Admin => "os:admin",
        _ => throw new UnreachableException(),
    };
}
