namespace Caphr.Protocols.Robot;

/// <summary>
/// One of Robot's counters. The documentation gives a limit per call; that lists and single objects share a counter has been reported, so everything
/// under one first part of the path is taken to, for each method.
/// </summary>
public sealed record RobotQuota
{
    private RobotQuota(HttpMethod method, string family, int perHour)
    {
        Method = method;
        Family = family;
        PerHour = perHour;
    }

    public HttpMethod Method { get; }

    /// <summary>The first part of the path, such as <c>reset</c>.</summary>
    public string Family { get; }

    public int PerHour { get; }

    /// <summary>Also the name under which its use is stored.</summary>
    public string Name => $"{Method} /{Family}";

    /// <param name="template">Such as <c>/reset/{server}</c>.</param>
    public static RobotQuota Of(HttpMethod method, string template)
    {
        var family = template.Split('/')[1];
        return new RobotQuota(method, family, Limit(method, family));
    }

    public override string ToString() => Name;

    private static int Limit(HttpMethod method, string family) => (method.Method, family) switch
    {
        (_, "ip" or "subnet") => 5000,
        (_, "server") => 200,
        ("POST", "reset") => 50,
        ("POST", "wol") => 10,
        ("GET", "failover") => 100,
        (_, "failover") => 50,
        ("GET", "vswitch") => 500,
        (_, "vswitch") => 100,
        ("GET", "key") => 500,
        (_, "key") => 200,
        (_, "boot" or "firewall" or "rdns") or ("GET", "reset" or "wol") => 500,
        // The smallest limit by the hour that Robot documents: a call nobody has thought about must not be the one that exhausts an account.
        _ => 10,
    };
}
