using System.Net;

namespace Caphr.Protocols.Robot;

/// <summary>Addresses, networks, names and failover.</summary>
public sealed partial class RobotClient
{
    /// <summary>All single addresses. The list leaves out gateways and prefix lengths.</summary>
    public async Task<Outcome<IReadOnlyList<RobotIp>, RobotFailure>> ListIps(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/ip"), "ip", RobotIp.Read, cancellation));

    /// <summary>Gateway and prefix length of an address, under the most generous of Robot's quotas.</summary>
    public Task<Outcome<RobotIp, RobotFailure>> GetIp(IPAddress address, CancellationToken cancellation) =>
        One(RobotCall.Get("/ip/{ip}", $"/ip/{address}"), "ip", RobotIp.ReadWhole, cancellation);

    public async Task<Outcome<IReadOnlyList<RobotSubnet>, RobotFailure>> ListSubnets(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/subnet"), "subnet", RobotSubnet.Read, cancellation));

    public Task<Outcome<RobotSubnet, RobotFailure>> GetSubnet(IPAddress network, CancellationToken cancellation) =>
        One(RobotCall.Get("/subnet/{net}", $"/subnet/{network}"), "subnet", RobotSubnet.Read, cancellation);

    public async Task<Outcome<IReadOnlyList<RobotRdns>, RobotFailure>> ListRdns(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/rdns"), "rdns", RobotRdns.Read, cancellation));

    /// <returns>Null when the address has no name.</returns>
    public async Task<Outcome<RobotRdns?, RobotFailure>> FindRdns(IPAddress address, CancellationToken cancellation) =>
        NullIfNone(await One(RobotCall.Get("/rdns/{ip}", $"/rdns/{address}"), "rdns", RobotRdns.Read, cancellation));

    /// <summary>Names an address that has no name yet; one that has is a conflict.</summary>
    public Task<Outcome<Done, RobotFailure>> CreateRdns(IPAddress address, string name, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Put, "/rdns/{ip}", $"/rdns/{address}", [new("ptr", name)]), cancellation);

    /// <summary>Names an address, whether or not it has a name.</summary>
    public Task<Outcome<Done, RobotFailure>> SetRdns(IPAddress address, string name, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Post, "/rdns/{ip}", $"/rdns/{address}", [new("ptr", name)]), cancellation);

    public async Task<Outcome<Done, RobotFailure>> DeleteRdns(IPAddress address, CancellationToken cancellation) =>
        DoneIfGone(await Change(new RobotCall(HttpMethod.Delete, "/rdns/{ip}", $"/rdns/{address}"), cancellation));

    public async Task<Outcome<IReadOnlyList<RobotFailover>, RobotFailure>> ListFailovers(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/failover"), "failover", RobotFailover.Read, cancellation));

    public Task<Outcome<RobotFailover, RobotFailure>> GetFailover(IPAddress address, CancellationToken cancellation) =>
        One(RobotCall.Get("/failover/{ip}", $"/failover/{address}"), "failover", RobotFailover.Read, cancellation);

    /// <summary>Routes a failover address to a server. That it is routed there already is success.</summary>
    /// <param name="server">The server's main IPv4 address, or the address of its main IPv6 network.</param>
    public async Task<Outcome<Done, RobotFailure>> RouteFailover(IPAddress address, IPAddress server, CancellationToken cancellation)
    {
        var routed = await Change(new RobotCall(HttpMethod.Post, "/failover/{ip}", $"/failover/{address}", [new("active_server_ip", server.ToString())]), cancellation);
        return routed.Failure is { Code: "FAILOVER_ALREADY_ROUTED" } ? new Done() : routed;
    }

    public Task<Outcome<Done, RobotFailure>> UnrouteFailover(IPAddress address, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Delete, "/failover/{ip}", $"/failover/{address}"), cancellation);
}
