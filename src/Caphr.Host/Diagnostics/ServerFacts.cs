using System.Globalization;
using Caphr.Actors.Servers;

namespace Caphr.Host.Diagnostics;

/// <summary>What is known in a server's present state, by name, in the order in which it came to be known.</summary>
internal static class ServerFacts
{
    public static IReadOnlyList<Fact> Of(ServerState state) =>
    [
        .. state.Record is { } record ? OfRecord(record) : [],
        .. state is ServerState.Held held ? OfPlan(held.Plan) : [],
        .. state is ServerState.Held { Installed: { } disk } ? [new Fact("installed on", Disk(disk))] : (IEnumerable<Fact>)[],
        .. state is ServerState.Working working ? OfTally(working.Tally) : [],
        .. Own(state),
        .. state.Doubt is { } doubt ? [new Fact("doubt", $"{doubt.Reason}: {doubt.Message}")] : (IEnumerable<Fact>)[],
        .. state.LastWipe is { } wipe ? [new Fact("last wiped", string.Create(CultureInfo.InvariantCulture, $"{wipe.At.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC, {Disk(wipe.Disk)}, of {wipe.Machine}"))] : (IEnumerable<Fact>)[],
        .. state.Trouble is { } trouble ? OfTrouble(trouble) : [],
    ];

    public static string Disk(DiskFacts disk) => string.Create(CultureInfo.InvariantCulture, $"{disk.Name}, serial {disk.Serial}, {disk.SizeBytes / 1_000_000_000} GB{(disk.Foreign is null ? "" : $", holds {disk.Foreign}")}");

    private static IEnumerable<Fact> OfRecord(ServerRecord record)
    {
        yield return new Fact("address", record.Address);
        if (record.Ipv6Network is { } network) yield return new Fact("IPv6 network", network);
        if (record.Gateway is { } gateway) yield return new Fact("gateway", gateway);
        yield return new Fact("product", record.Product);
        yield return new Fact("data centre", record.Datacenter);
    }

    private static IEnumerable<Fact> OfPlan(Provision plan)
    {
        yield return new Fact("machine", plan.Machine.ToString());
        yield return new Fact("claim", plan.Claim.ToString());
        yield return new Fact("cluster", plan.Cluster);
        yield return new Fact("Talos", plan.TalosVersion);
        yield return new Fact("image", plan.Image.ToString());
        yield return new Fact("provider ID", plan.ProviderId);
        if (plan.Bootstrap is { } bootstrap) yield return new Fact("configuration", $"Secret {bootstrap}");
    }

    private static IEnumerable<Fact> OfTally(RescueTally tally)
    {
        yield return new Fact("rescue attempts", string.Create(CultureInfo.InvariantCulture, $"{tally.Attempts} of {Limits.RescueAttempts}"));
        yield return new Fact("resets", string.Create(CultureInfo.InvariantCulture, $"{tally.Resets} of {Limits.Resets}"));
    }

    private static IEnumerable<Fact> OfTrouble(Trouble trouble)
    {
        yield return new Fact("trouble", $"{trouble.Reason}: {trouble.Message}");
        yield return new Fact("failures", string.Create(CultureInfo.InvariantCulture, $"{trouble.Failures} of {Limits.StepFailures}"));
    }

    private static IEnumerable<Fact> Own(ServerState state) => state switch
    {
        ServerState.InRescue rescue => [new Fact("host key", rescue.HostKey)],
        ServerState.Installing installing => [.. OfBoot(installing.Boot), new Fact("disk", Disk(installing.Disk))],
        ServerState.Booting booting => [.. OfBoot(booting.Boot), new Fact("disk", Disk(booting.Disk))],
        ServerState.Configuring configuring => [.. OfBoot(configuring.Boot), new Fact("Talos in maintenance", configuring.Talos.Version)],
        ServerState.Provisioned provisioned => [new Fact("runs Talos", provisioned.TalosVersion)],
        ServerState.Wiping wiping => [.. OfBoot(wiping.Boot), new Fact("disk", Disk(wiping.Disk))],
        ServerState.Quarantined quarantined =>
        [
            new Fact("reason", $"{quarantined.Reason}: {quarantined.Message}"),
            .. quarantined.Last is { } last ? [new Fact("last held for", last.Machine.ToString())] : (IEnumerable<Fact>)[],
            .. quarantined.Installed is { } disk ? [new Fact("not proven wiped", Disk(disk))] : (IEnumerable<Fact>)[],
        ],
        ServerState.Failed failed => [new Fact("failed in", failed.In.ToString()), new Fact("reason", $"{failed.Reason}: {failed.Message}")],
        _ => [],
    };

    private static IEnumerable<Fact> OfBoot(RescueBoot boot) => [new Fact("host key", boot.HostKey), new Fact("MAC", boot.PrimaryMac), new Fact("system UUID", boot.SystemUuid)];
}
