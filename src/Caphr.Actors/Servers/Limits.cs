namespace Caphr.Actors.Servers;

/// <summary>How long and how often. Real hardware is slow: a limit that fires early costs a reset and starts the wait anew.</summary>
public static class Limits
{
    /// <summary>Failures of one step before the claim is given up.</summary>
    public const int StepFailures = 8;

    /// <summary>Times a claim may go through the rescue system.</summary>
    public const int RescueAttempts = 8;

    /// <summary>Hardware resets of one claim. The whole account has fifty an hour.</summary>
    public const int Resets = 3;

    /// <summary>From the reset until SSH answers. Healthy servers need 1.5 to 7 minutes.</summary>
    public static readonly TimeSpan RescueTimeout = TimeSpan.FromMinutes(12);

    public static readonly TimeSpan ProofTimeout = TimeSpan.FromMinutes(5);

    /// <summary>After a restart, from the first look that finds nothing until what is late is called so: one look may be lost on the way.</summary>
    public static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(30);

    /// <summary>From leaving the rescue system until Talos answers in maintenance.</summary>
    public static readonly TimeSpan BootTimeout = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan ConfigureTimeout = TimeSpan.FromMinutes(15);

    /// <summary>From the accepted configuration until the node proves itself. A control plane waits for its siblings here.</summary>
    public static readonly TimeSpan JoinTimeout = TimeSpan.FromMinutes(60);

    public static readonly TimeSpan WipeTimeout = TimeSpan.FromMinutes(30);

    /// <summary>The least that a server gets to boot before it may be reset again.</summary>
    public static readonly TimeSpan LeastBoot = TimeSpan.FromMinutes(5);

    /// <summary>After a reset the old system may answer for seconds more: what it says then is no sign that the node is back.</summary>
    public static readonly TimeSpan LastGasp = TimeSpan.FromSeconds(30);

    /// <summary>How often something is tried that only a person can mend. Their change is usually heard of sooner.</summary>
    public static readonly TimeSpan PersonPace = TimeSpan.FromMinutes(1);
}
