namespace Caphr.Lab.Robot;

/// <summary>What Robot is known or suspected to do beside its documentation. Each can be switched on and off while the Lab runs.</summary>
public enum RobotScenario
{
    /// <summary>Lists of one, and what may be chosen, come as a single value.</summary>
    SingleValuesForLists,

    /// <summary>Firewall rules come as an object with the keys "0", "1" ….</summary>
    ObjectsForLists,

    /// <summary>A server's addresses and networks are null.</summary>
    NullLists,

    /// <summary>A server's addresses and networks are left out.</summary>
    MissingLists,

    /// <summary>Numbers come as strings.</summary>
    NumbersAsStrings,

    /// <summary>The limit of a quota is called max_requests, as it is in the wild.</summary>
    MaxRequests,

    /// <summary>What is not ready yet is "in progress".</summary>
    InProgress,

    /// <summary>What is not ready yet is "processing".</summary>
    Processing,

    /// <summary>Changes are accepted with an empty body.</summary>
    EmptyBodies,

    /// <summary>Errors come as a page for people.</summary>
    HtmlErrors,

    /// <summary>A quota that is used up is a 403 that says nothing.</summary>
    SilentQuotas,

    /// <summary>None of something is an empty list and not 404.</summary>
    EmptyLists,

    /// <summary>Servers have no IPv4 address.</summary>
    NoIpv4,

    /// <summary>Servers have an empty string for an IPv4 address.</summary>
    EmptyIpv4,

    /// <summary>The IPv6 network is written with its prefix length.</summary>
    PrefixedNetworks,

    /// <summary>The architecture stands under the key that the documentation prints.</summary>
    DeprecatedArch,

    /// <summary>Robot is closed: 503, and the body is a page for people.</summary>
    Maintenance,

    /// <summary>What Robot says of a rescue order is a minute old: it calls one active that was used up.</summary>
    LateActive,

    /// <summary>Another consumer of the account uses half of every quota.</summary>
    SharedQuotas,

    /// <summary>The date of a cancellation stands under cancellation-date, as the documentation's samples spell it.</summary>
    DashedDates,

    /// <summary>A blocked address is told 401, as if the login were wrong.</summary>
    BlockedAsUnauthorized,

    /// <summary>A blocked address is hung up on before it hears a word.</summary>
    BlockedAsHangUp,

    /// <summary>A person has changed the password: the old one is refused, and the new one is the old with <c>-new</c> behind it.</summary>
    PasswordChanged,
}
