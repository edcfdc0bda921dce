namespace Caphr.Protocols.Robot;

/// <summary>
/// Every way a call to the Robot web service can fail: how far it came, and whose doing it was. What each asks of the caller is
/// <see cref="RobotFailure.Retry"/>.
/// </summary>
public enum RobotError
{
    /// <summary>No connection came about (name, route, refused, time-out while connecting): surely not carried out.</summary>
    Unreachable,

    /// <summary>A connection came about, but its certificate is not one we trust: nothing was sent.</summary>
    Untrusted,

    /// <summary>The request was sent and no answer came within the time allowed: it may have been carried out.</summary>
    TimedOut,

    /// <summary>The connection broke after the request had been given to it: it may have been carried out.</summary>
    ConnectionLost,

    /// <summary>Robot accepted the call, but its answer cannot be read: what it did has to be observed.</summary>
    Garbled,

    /// <summary>A status the documentation does not know for this call, or a 404 that did not come from Robot itself.</summary>
    UnexpectedStatus,

    /// <summary>400: a parameter is missing or wrong. Also a reset type that the server does not offer.</summary>
    InvalidInput,

    /// <summary>401: wrong user or password. The third within ten minutes blocks this address, so never try the same ones again.</summary>
    Unauthorized,

    /// <summary>403 with a quota's code: the account's requests of this kind are used up.</summary>
    RateLimited,

    /// <summary>403 without a readable reason. Seen for blocked addresses and for quotas alike.</summary>
    ForbiddenWithoutReason,

    /// <summary>403 with any other code: this user may not do this.</summary>
    Forbidden,

    /// <summary>The account has no server of this number.</summary>
    ServerNotFound,

    /// <summary>The address, key or other object does not exist.</summary>
    NotFound,

    /// <summary>The server cannot be reset through Robot.</summary>
    ResetNotAvailable,

    /// <summary>The server offers no boot configuration.</summary>
    BootNotAvailable,

    /// <summary>A technician has been asked to reset this server and has not finished.</summary>
    ManualResetActive,

    /// <summary>An earlier change of the same firewall or vSwitch is still being carried out: wait for its end.</summary>
    InProcess,

    /// <summary>The object's present state does not allow the call.</summary>
    Conflict,

    /// <summary>500 with a code that says the operation failed on their side: not carried out.</summary>
    OperationFailed,

    /// <summary>Any other 5xx: it may have been carried out.</summary>
    ServerError,

    /// <summary>503: Robot is closed for maintenance.</summary>
    Maintenance,
}
