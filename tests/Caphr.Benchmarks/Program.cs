using Caphr.Benchmarks.Allocation;
using Caphr.Benchmarks.Control;
using Caphr.Benchmarks.Fleet;
using Caphr.Benchmarks.Journals;
using Caphr.Benchmarks.Kubernetes;
using Caphr.Benchmarks.Mailboxes;
using Caphr.Benchmarks.Rescue;
using Caphr.Benchmarks.Standing;
using Caphr.Benchmarks.Start;
using Caphr.Benchmarks.Talos;

namespace Caphr.Benchmarks;

/// <summary>
/// Our kernel, journals and clients beside what they are made of, as ratios from one run on one machine: absolute numbers say more about the machine. With
/// words as arguments, only the contests whose names contain one of them.
/// </summary>
internal static class Program
{
    public static async Task Main(string[] words)
    {
        if (words is [Watchers.Word, var side, var address])
        {
            await Watchers.RunAsync(side, address);
            return;
        }

        if (words is [BareKestrel.Word, var port])
        {
            await BareKestrel.RunAsync(port);
            return;
        }

        var report = new Report(Console.Out, new RealTime(), words);
        await report.BeginAsync();
        await MailboxContests.RunAsync(report);
        await AllocationContests.RunAsync(report);
        await InformerContests.RunAsync(report);
        await LookContests.RunAsync(report);
        await RescueContests.RunAsync(report);
        await TalosContests.RunAsync(report);
        await using var postgres = await PostgresDatabase.StartAsync();
        foreach (var database in new IDatabase[] { new SqliteDatabase(), postgres })
        {
            await AppendContests.RunAsync(report, database);
            await RecoveryContests.RunAsync(report, database);
        }

        await StartContests.RunAsync(report);
        await StandingContests.RunAsync(report);
        await FleetContests.RunAsync(report);
    }
}
