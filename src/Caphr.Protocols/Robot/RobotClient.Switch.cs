using System.Globalization;

namespace Caphr.Protocols.Robot;

/// <summary>Private networks and the filter at the switch port.</summary>
public sealed partial class RobotClient
{
    /// <summary>Without their servers.</summary>
    public async Task<Outcome<IReadOnlyList<RobotVSwitch>, RobotFailure>> ListVSwitches(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/vswitch"), envelope: null, RobotVSwitch.Read, cancellation));

    public Task<Outcome<RobotVSwitch, RobotFailure>> GetVSwitch(int id, CancellationToken cancellation) =>
        One(RobotCall.Get("/vswitch/{id}", $"/vswitch/{Number(id)}"), envelope: null, RobotVSwitch.Read, cancellation);

    /// <param name="vlan">From 4000 to 4091.</param>
    public Task<Outcome<RobotVSwitch, RobotFailure>> CreateVSwitch(string name, int vlan, CancellationToken cancellation) =>
        One(new RobotCall(HttpMethod.Post, "/vswitch", "/vswitch", [new("name", name), new("vlan", Number(vlan))]), envelope: null, RobotVSwitch.Read, cancellation);

    /// <summary>Ends a switch at once.</summary>
    public Task<Outcome<Done, RobotFailure>> CancelVSwitch(int id, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Delete, "/vswitch/{id}", $"/vswitch/{Number(id)}", [new("cancellation_date", "now")]), cancellation);

    /// <summary>Begins to attach servers; <see cref="RobotVSwitch.IsInProcess"/> tells when that has ended. Until then the switch takes no other change.</summary>
    public Task<Outcome<Done, RobotFailure>> AttachToVSwitch(int id, IReadOnlyList<int> servers, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Post, "/vswitch/{id}/server", $"/vswitch/{Number(id)}/server", Members(servers)), cancellation);

    /// <summary>Begins to detach servers. They are named in the body of the DELETE.</summary>
    public Task<Outcome<Done, RobotFailure>> DetachFromVSwitch(int id, IReadOnlyList<int> servers, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Delete, "/vswitch/{id}/server", $"/vswitch/{Number(id)}/server", Members(servers)), cancellation);

    public Task<Outcome<RobotFirewall, RobotFailure>> GetFirewall(int server, CancellationToken cancellation) =>
        One(RobotCall.Get("/firewall/{server}", $"/firewall/{Number(server)}"), "firewall", RobotFirewall.Read, cancellation);

    /// <summary>Replaces all rules, in both directions. Takes about half a minute to come into force.</summary>
    public Task<Outcome<RobotFirewall, RobotFailure>> SetFirewall(int server, RobotFirewall firewall, CancellationToken cancellation) =>
        One(new RobotCall(HttpMethod.Post, "/firewall/{server}", $"/firewall/{Number(server)}", [.. firewall.Form()]), "firewall", RobotFirewall.Read, cancellation);

    private static KeyValuePair<string, string>[] Members(IEnumerable<int> servers) =>
        [.. servers.Select(server => KeyValuePair.Create("server[]", server.ToString(CultureInfo.InvariantCulture)))];
}
