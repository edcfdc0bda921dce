using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Caphr.Protocols.MachineConfig.Yaml;
using Caphr.Protocols.Talos;
using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig.Facts;

/// <summary>
/// The card with the public addresses, as configurations speak of it. It is named by its permanent MAC address: interface names change
/// between kernels, and a MAC alone also matches the VLANs on top of the card.
/// </summary>
internal static partial class NetworkCard
{
    private const string Interfaces = "machine.network.interfaces";

    /// <summary>The name CAPHR gives the card where the configuration has none for it.</summary>
    private const string OwnAlias = "uplink";

    private static readonly string[] s_interfaces = ["machine", "network", "interfaces"];
    private static readonly string[] s_made = ["BondConfig", "BridgeConfig", "DummyLinkConfig", "VLANConfig", "VRFConfig", "VethConfig", "WireguardConfig"];
    private static readonly string[] s_notCards = ["bond", "bridge", "dummy", "wireguard"];

    /// <summary>Puts an address on the card, with its routes. Without an address: by DHCP.</summary>
    public static Placing PutAddress(Placing placing, string? mac, TalosVersion version, IpFamily family, string? address, IReadOnlyList<(string? Destination, string? Gateway)> routes)
    {
        var key = $"public {family}";
        if (!IsMac(mac)) return placing.Refuse(key, "the MAC address of the network card is not known");
        if (AddressedElsewhere(placing.Documents, mac, family) is { } other) return placing.Keep(key, "", $"{other} may be this card, and is addressed already");

        if (LegacyEntry(placing.Documents, mac) is { } entry)
        {
            if (HasAddress(entry, family)) return placing.Keep(key, AddressOf(entry, family), $"the configuration sets {Interfaces}");
            if (address is null && !entry.Find("dhcp").IsNothing()) return placing.Keep(key, "", $"the configuration switches DHCP off in {Interfaces}");
            return address is null
                ? placing.Insert(key, entry, ["dhcp"], YamlValue.Of(true))
                : Then(placing.Add(key, entry, ["addresses"], YamlValue.Of([address])), after => after.Add($"{key} routes", LegacyEntry(after.Documents, mac)!, ["routes"], LegacyRoutes(routes)));
        }

        if (version.HasNetworkDocuments) return PutAddressInDocument(placing, key, mac, family, address, routes);
        var settings = address is null
            ? YamlValue.Of(("dhcp", YamlValue.Of(true)))
            : YamlValue.Of(("addresses", YamlValue.Of([address])), ("routes", LegacyRoutes(routes)));
        return placing.Add(key, placing.Documents.Main, s_interfaces, YamlValue.ListOf(Selected(mac, settings)));
    }

    /// <summary>Puts a VLAN on top of the card.</summary>
    public static Placing PutVlan(Placing placing, string? mac, TalosVersion version, PrivateVlan vlan, string address)
    {
        var key = $"VLAN {vlan.Id}";
        if (!IsMac(mac)) return placing.Refuse(key, "the MAC address of the network card is not known");
        var id = YamlValue.Of(vlan.Id).Flow();
        if (placing.Documents.Main.Items(s_interfaces).SelectMany(entry => entry.Items("vlans")).FirstOrDefault(found => found.Text("vlanId") == id) is { } legacy)
            return placing.Keep(key, string.Join(", ", legacy.Texts("addresses")), $"the configuration has a VLAN {id} in {Interfaces}");
        if (placing.Documents.OfKind("VLANConfig").FirstOrDefault(found => found.Text("vlanID") == id) is { } document)
            return placing.Keep(key, string.Join(", ", AddressesOf(document)), $"the configuration has VLANConfig/{document.Text("name")}");

        var entry = LegacyEntry(placing.Documents, mac);
        if (entry is null && version.HasNetworkDocuments)
        {
            return WithAlias(placing, key, mac, (after, alias) => after.Append(
                "VLANConfig",
                $"{alias}.{id}",
                [("vlanID", YamlValue.Of(vlan.Id)), ("parent", YamlValue.Of(alias)), ("mtu", YamlValue.Of(vlan.Mtu)), ("addresses", AddressItems(address)),
                    .. vlan.Routes.Count == 0 ? [] : ((string, YamlValue)[])[("routes", DocumentRoutes(vlan.Routes.Select(route => ((string?)route.Network, (string?)route.Gateway))))]]));
        }

        YamlValue.Map item = YamlValue.Of(
            [("vlanId", YamlValue.Of(vlan.Id)), ("mtu", YamlValue.Of(vlan.Mtu)), ("addresses", YamlValue.Of([address])),
                .. vlan.Routes.Count == 0 ? [] : ((string, YamlValue)[])[("routes", LegacyRoutes([.. vlan.Routes.Select(route => ((string?)route.Network, (string?)route.Gateway))]))]]);
        return entry is null
            ? placing.Add(key, placing.Documents.Main, s_interfaces, YamlValue.ListOf(Selected(mac, YamlValue.Of(("vlans", YamlValue.ListOf(item))))))
            : placing.Add(key, entry, ["vlans"], YamlValue.ListOf(item));
    }

    private static Placing PutAddressInDocument(Placing placing, string key, string mac, IpFamily family, string? address, IReadOnlyList<(string? Destination, string? Gateway)> routes) =>
        WithAlias(placing, key, mac, (after, alias) =>
        {
            var dhcp = family == IpFamily.IPv4 ? "DHCPv4Config" : "DHCPv6Config";
            if (after.Documents.Document(dhcp, alias) is not null) return after.Keep(key, "", $"the configuration has {dhcp}/{alias}");
            var link = after.Documents.Document("LinkConfig", alias);
            if (link is not null && AddressesOf(link).FirstOrDefault(found => Addresses.FamilyOf(found) == family) is { } set)
                return after.Keep(key, set, $"the configuration sets LinkConfig/{alias} addresses");
            if (address is null) return after.Append(dhcp, alias);
            return link is null
                ? after.Append("LinkConfig", alias, ("addresses", AddressItems(address)), ("routes", DocumentRoutes(routes)))
                : Then(after.Add(key, link, ["addresses"], AddressItems(address)), then => then.Add($"{key} routes", then.Documents.Document("LinkConfig", alias)!, ["routes"], DocumentRoutes(routes)));
        });

    /// <summary>With a name for the card, which is made where the configuration has none.</summary>
    private static Placing WithAlias(Placing placing, string key, string mac, Func<Placing, string, Placing> next)
    {
        var aliases = placing.Documents.OfKind("LinkAliasConfig").ToList();
        if (aliases.FirstOrDefault(alias => Selector(alias).Contains(mac, StringComparison.OrdinalIgnoreCase)) is { } own) return next(placing, own.Text("name"));
        if (aliases.FirstOrDefault(alias => !MacPattern().IsMatch(Selector(alias))) is { } other)
            return placing.Refuse(key, $"LinkAliasConfig/{other.Text("name")} may match the same card, and Talos gives a card one alias only: let its selector name a MAC address");

        var named = placing.Append("LinkAliasConfig", OwnAlias, ("selector", YamlValue.Of($"mac(link.permanent_addr) == \"{mac.ToLowerInvariant()}\"").Under(["match"])));
        return Then(named, after => next(after, OwnAlias));
    }

    /// <summary>The entry that names the card by its MAC address.</summary>
    private static YamlMappingNode? LegacyEntry(ConfigurationDocuments documents, string mac) => documents.Main.Items(s_interfaces)
        .FirstOrDefault(entry => string.Equals(MacOf(entry), mac, StringComparison.OrdinalIgnoreCase));

    /// <summary>What addresses a card that may be this one without naming its MAC address; adding ours beside it would be a guess.</summary>
    private static string? AddressedElsewhere(ConfigurationDocuments documents, string mac, IpFamily family)
    {
        var entries = documents.Main.Items(s_interfaces);
        for (var i = 0; i < entries.Count; i++)
        {
            var of = MacOf(entries[i]);
            var mayBe = (of.Length == 0 || of.Contains('*', StringComparison.Ordinal)) && entries[i].Text("interface") != "lo" && s_notCards.All(key => entries[i].Find(key).IsNothing());
            if (mayBe && HasAddress(entries[i], family)) return $"{Interfaces}[{i}]";
        }

        var dhcp = family == IpFamily.IPv4 ? "DHCPv4Config" : "DHCPv6Config";
        var found = documents.Others.FirstOrDefault(document =>
            ((document.Text("kind") == "LinkConfig" && AddressesOf(document).Any(address => Addresses.FamilyOf(address) == family)) || document.Text("kind") == dhcp)
            && MayBe(documents, document.Text("name"), mac));
        return found is null ? null : $"{found.Text("kind")}/{found.Text("name")}";
    }

    /// <summary>Whether a link of this name may be the card: not if it is made by the configuration, or known by a MAC address.</summary>
    private static bool MayBe(ConfigurationDocuments documents, string name, string mac)
    {
        if (name == "lo" || s_made.Any(kind => documents.Document(kind, name) is not null)) return false;
        return documents.Document("LinkAliasConfig", name) is not { } alias || !MacPattern().IsMatch(Selector(alias));
    }

    /// <summary>Whole, because it becomes part of an expression.</summary>
    private static bool IsMac([NotNullWhen(true)] string? mac) => mac?.Length == "00:00:00:00:00:00".Length && MacPattern().IsMatch(mac);

    private static Placing Then(Placing placing, Func<Placing, Placing> next) => placing.IsRefused ? placing : next(placing);

    private static string MacOf(YamlMappingNode entry) =>
        entry.Text("deviceSelector", "permanentAddr") is { Length: > 0 } permanent ? permanent : entry.Text("deviceSelector", "hardwareAddr");

    private static bool HasAddress(YamlMappingNode entry, IpFamily family) =>
        AddressOf(entry, family).Length > 0
        || (entry.Text("dhcp") == "true" && (family == IpFamily.IPv4 ? entry.Text("dhcpOptions", "ipv4") != "false" : entry.Text("dhcpOptions", "ipv6") == "true"));

    private static string AddressOf(YamlMappingNode entry, IpFamily family) =>
        entry.Texts("addresses").Append(entry.Text("cidr")).FirstOrDefault(address => address.Length > 0 && Addresses.FamilyOf(address) == family) ?? "";

    private static IEnumerable<string> AddressesOf(YamlMappingNode link) => link.Items("addresses").Select(item => item.Text("address"));

    private static string Selector(YamlMappingNode alias) => alias.Text("selector", "match");

    private static YamlValue.Map Selected(string mac, YamlValue.Map settings) => YamlValue.Of(
        [("deviceSelector", YamlValue.Of(("physical", YamlValue.Of(true)), ("hardwareAddr", YamlValue.Of(mac.ToLowerInvariant())))), .. settings.Entries]);

    private static YamlValue.List LegacyRoutes(IReadOnlyList<(string? Destination, string? Gateway)> routes) => new([.. routes.Select(route =>
        Route("network", route.Destination ?? (route.Gateway!.Contains(':', StringComparison.Ordinal) ? "::/0" : "0.0.0.0/0"), route.Gateway))]);

    /// <summary>Here a default route is one without a destination; Talos refuses to see it written out.</summary>
    private static YamlValue.List DocumentRoutes(IEnumerable<(string? Destination, string? Gateway)> routes) =>
        new([.. routes.Select(route => Route("destination", route.Destination, route.Gateway))]);

    private static YamlValue.Map Route(string destinationKey, string? destination, string? gateway) => YamlValue.Of(
        [.. destination is null ? [] : ((string, YamlValue)[])[(destinationKey, YamlValue.Of(destination))], .. gateway is null ? [] : ((string, YamlValue)[])[("gateway", YamlValue.Of(gateway))]]);

    private static YamlValue.List AddressItems(string address) => YamlValue.ListOf(YamlValue.Of(("address", YamlValue.Of(address))));

    [GeneratedRegex("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")]
    private static partial Regex MacPattern();
}
