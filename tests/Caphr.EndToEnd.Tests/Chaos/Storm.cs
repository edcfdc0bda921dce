using System.Collections.Concurrent;
using System.Globalization;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.Host.Tests.Journals;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Kubernetes.Resources;

namespace Caphr.EndToEnd.Tests.Chaos;

/// <summary>
/// Strikes at whatever the controllers need, one after another and some at once, drawn from a seed. The processes, the database and the sockets are real, so the
/// same seed gives the same strikes, and not the same run.
/// </summary>
internal sealed class Storm(TestLab lab, PostgresServer postgres, Crew crew, Random random, Action<string> say)
{
    private static readonly TimeSpan s_calm = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentBag<(int Server, DateTimeOffset At)> _asked = [];

    /// <summary>When the Machine of which server was deleted.</summary>
    public ILookup<int, DateTimeOffset> Asked => _asked.ToLookup(one => one.Server, one => one.At);

    public async Task RageAsync(TimeSpan duration)
    {
        var since = TestLab.Clock.GetTimestamp();
        while (TestLab.Clock.GetElapsedTime(since) < duration)
        {
            await StrikeAsync();
            await Task.Delay(s_calm * (1 + random.Next(6)), TestLab.Clock);
        }

        lab.Datacenter.World.Faults.HealAll();
    }

    private Task StrikeAsync() => random.Next(12) switch
    {
        0 => Said("a replica is killed, and started again", () => crew.RestartAsync(random.Next(crew.Size), Moment(2))),
        1 => Said("a replica stands still for longer than its lease", () => crew.FreezeAsync(random.Next(crew.Size), TimeSpan.FromSeconds(Crew.LeaseSeconds) + Moment(3))),
        2 => Said("a replica stands still for a moment", () => crew.FreezeAsync(random.Next(crew.Size), Moment(2))),
        3 => ForAWhile("api partition", Moment(4)),
        4 => Plan("api watches-dropped"),
        5 => Plan("api history-forgotten"),
        6 => Plan(string.Create(CultureInfo.InvariantCulture, $"api {(random.Next(2) == 0 ? "conflicts" : "unavailable")} times {10 + random.Next(30)}")),
        7 => ForAWhile("robot maintenance", Moment(5)),
        8 => Plan("robot lose-reply of POST /reset/{server}"),
        9 => Plan(string.Create(CultureInfo.InvariantCulture, $"server {AnyServer()} ssh-cut")),
        10 => Said("the database is restarted", RestartDatabaseAsync),
        _ => DeleteWorkerAsync(),
    };

    private int AnyServer() => lab.Datacenter.World.Servers[random.Next(lab.Datacenter.World.Servers.Count)].Number;

    private TimeSpan Moment(int most) => TimeSpan.FromSeconds(0.5 + (random.NextDouble() * most));

    private async Task RestartDatabaseAsync()
    {
        if (random.Next(2) == 0) await postgres.StopAsync();
        else await postgres.CrashAsync();
        await Task.Delay(Moment(3), TestLab.Clock);
        await postgres.StartAgainAsync();
    }

    /// <summary>A person replaces a worker: the server goes back, and another Machine of the same name takes one.</summary>
    private async Task DeleteWorkerAsync()
    {
        var worker = $"worker-{1 + random.Next(3)}";
        var held = (await lab.GetAsync<HetznerRobotMachine>(worker))?.Status.HostRef is { } host ? (await lab.GetAsync<HetznerRobotHost>(host.Name))?.Spec.ServerID : null;
        await Said($"{worker} is deleted, and wanted again", async () =>
        {
            // It may be claimed and nothing more by now; what is released without having been touched asks for nothing.
            if (held is { } server) _asked.Add((server, TestLab.Clock.GetUtcNow()));
            await lab.KubectlAsync("-n", "demo", "delete", "machine", worker, "--ignore-not-found", "--wait=false");
        });
    }

    private Task Plan(string fault) => Said(fault, () =>
    {
        Assert.True(FaultText.Read(fault).TryGet(out var planned, out var failure), failure?.Sentence);
        Assert.Null(lab.Datacenter.World.Faults.Plan(planned));
        return Task.CompletedTask;
    });

    private async Task ForAWhile(string fault, TimeSpan duration)
    {
        await Plan(fault);
        await Task.Delay(duration, TestLab.Clock);
        Assert.True(FaultText.ReadFault(fault.Split(' ')).TryGet(out var standing, out var failure), failure?.Sentence);
        Assert.Null(lab.Datacenter.World.Faults.Heal(standing));
    }

    private Task Said(string what, Func<Task> strike)
    {
        say(what);
        return strike();
    }
}
