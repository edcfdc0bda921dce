using Caphr.Actors.Journal;
using Caphr.Actors.Servers;
using Caphr.Host.Journals;

namespace Caphr.Benchmarks.Standing;

/// <summary>The journal of servers that were all provisioned once, each with the events of a provision in which nothing went wrong.</summary>
internal static class History
{
    private const int AtOnce = 500;

    private static readonly DateTimeOffset s_then = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    public static async Task WriteAsync(string folder, IReadOnlyList<(int Number, string Uid)> servers, Uri factory, string nameSpace)
    {
        Directory.CreateDirectory(folder);
        await using var journal = SqliteJournal.Open(Path.Combine(folder, "journal.db")).Value;
        foreach (var some in servers.Chunk(AtOnce))
            await Task.WhenAll(some.Select(server => journal.AppendAsync(Append(server.Number, [.. Life(server.Number, server.Uid, factory, nameSpace)]), CancellationToken.None)));
    }

    private static JournalAppend Append(int number, IReadOnlyList<ServerEvent> life) =>
        new(ServerActor.IdOf(new ServerNumber(number)), 0, Epoch: 0, new Guid(number, 0, 0, new byte[8]), [.. life.Select(happened => ServerEvents.Codec.Encode(happened, happened.At))]);

    private static IEnumerable<ServerEvent> Life(int number, string uid, Uri factory, string nameSpace)
    {
        var name = $"worker-{number}";
        var boot = new RescueBoot("SHA256:5nzkfbgVgAlD7tSGgms/oB9pHAWTh0pVlQ+WHVQb1J4", $"a8:a1:59:{number >> 16:x2}:{(number >> 8) & 255:x2}:{number & 255:x2}", new Guid(number, 1, 1, new byte[8]).ToString());
        var disk = new DiskFacts("nvme0n1", $"S676NX0R{number}", $"eui.{number:x16}", $"nvme-SAMSUNG_MZVL2512HCJQ-00B00_S676NX0R{number}", 512_110_190_592, Rotational: false, Foreign: null) { Transport = "nvme", Healthy = true };
        var plan = new Provision
        {
            Claim = new ClaimId(uid),
            Machine = new ObjectName(nameSpace, name),
            Cluster = "bench",
            Robot = new RobotAccess(new ObjectName(nameSpace, "robot"), new ObjectName(nameSpace, "rescue-ssh")),
            Image = new Uri(factory, $"image/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba/v1.12.4/metal-amd64.raw.zst"),
            TalosVersion = "v1.12.4",
            ProviderId = $"hetzner-robot://{number}",
            Bootstrap = new ObjectName(nameSpace, $"{name}-bootstrap-data"),
            TalosSecrets = new ObjectName(nameSpace, "bench-talos"),
        };
        var at = s_then;
        yield return new ServerEvent.Identified(at, new ServerRecord(Address(number), Ipv6Network: null, "AX52", "FSN1-DC14", "127.0.0.1"));
        yield return new ServerEvent.ClaimAccepted(Later(5), plan);
        yield return new ServerEvent.RescueIntended(Later(1), Purpose.Install, at.AddMinutes(10));
        yield return new ServerEvent.ResetIntended(Later(1), at.AddMinutes(10));
        yield return new ServerEvent.ResetPressed(Later(1), Known: true);
        yield return new ServerEvent.RescueReached(Later(150), boot.HostKey, at.AddMinutes(1));
        yield return new ServerEvent.HardwareSeen(Later(1), new HardwareFacts(boot, [disk], Uefi: true) { Cpus = 16, MemoryMiB = 65536, NetworkMbit = 1000, Architecture = "amd64" });
        yield return new ServerEvent.InstallIntended(Later(1), boot, disk, at.AddMinutes(30));
        yield return new ServerEvent.ImageWritten(Later(40), 4_294_967_296, Sha256: null, at.AddMinutes(10));
        yield return new ServerEvent.RescueLeft(Later(1));
        yield return new ServerEvent.MaintenanceReached(Later(60), new MaintenanceTalos(boot.HostKey, "v1.12.4"), at.AddMinutes(10));
        yield return new ServerEvent.ConfigurationAccepted(Later(1), at.AddMinutes(30));
        yield return new ServerEvent.NodeProven(Later(50), "v1.12.4");

        DateTimeOffset Later(int seconds) => at = at.AddSeconds(seconds);
    }

    /// <summary>Nobody is there; nobody is asked.</summary>
    private static string Address(int number) => $"127.{BenchNetwork}.{number >> 8}.{number & 255}";

    private const int BenchNetwork = 242;
}
