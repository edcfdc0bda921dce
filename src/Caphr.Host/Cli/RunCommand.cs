using System.CommandLine;
using System.Text.RegularExpressions;
using Caphr.Host.Composition;

namespace Caphr.Host.Cli;

/// <summary><c>caphr run</c>: the controller itself.</summary>
internal static partial class RunCommand
{
    public static Command Create(TimeProvider clock, Random random)
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the management cluster. Inside it, leave this out: the service account is used." };
        var nameSpace = new Option<string?>("--namespace") { Description = "Watch one namespace only. Default: all." };
        var filter = new Option<string?>("--watch-filter")
        {
            Description = "Look only at clusters, machines and hosts of ours that have the label cluster.x-k8s.io/watch-filter with this value. Default: at all of them.",
        };
        filter.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { } value && !LabelValue().IsMatch(value))
                given.AddError($"--watch-filter wants the value of a label (letters, digits, - _ . and at most 63 of them), not '{value}'.");
        });
        var data = new Option<string>("--data-dir") { Description = "Where the journal is kept, unless it is in PostgreSQL. Must survive restarts.", DefaultValueFactory = _ => "/var/lib/caphr" };
        var postgres = new Option<string?>("--postgres-file")
        {
            Description = "A file with the connection string of a PostgreSQL database for the journal, such as a mounted Secret. Needed for more than one replica.",
        };
        var robot = new Option<Uri?>("--robot-url")
        {
            Description = "The Robot web service.",
            DefaultValueFactory = _ => HostOptions.DefaultRobotUrl,
            CustomParser = given =>
            {
                if (Uri.TryCreate(given.Tokens[0].Value, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https")) return url;
                given.AddError($"--robot-url wants a URL such as {HostOptions.DefaultRobotUrl}, not {given.Tokens[0].Value}.");
                return null;
            },
        };
        var reserve = new Option<int>("--robot-reserve") { Description = "Percent of Robot's quotas that are left to people and other tools.", DefaultValueFactory = _ => 20 };
        reserve.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 90) given.AddError("--robot-reserve wants a percentage from 0 to 90.");
        });
        var rescuePort = new Option<int>("--rescue-port") { Description = "SSH port of the rescue system.", DefaultValueFactory = _ => 22 };
        var talosPort = new Option<int>("--talos-port") { Description = "Port of the Talos API.", DefaultValueFactory = _ => 50000 };

        var replica = new Option<string>("--replica-name") { Description = "Name of this replica in Leases and logs. Default: the host's name.", DefaultValueFactory = _ => Environment.MachineName };
        var lease = new Option<int>("--lease-seconds") { Description = "After this long without a sign of life, the other replicas take over this one's servers.", DefaultValueFactory = _ => 15 };
        lease.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 3 or > 300) given.AddError("--lease-seconds wants a number from 3 to 300.");
        });
        var health = new Option<int?>("--health-port") { Description = "Answer /livez and /readyz here, for the probes of a pod. Default: nowhere." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Log each effect as it begins and ends." };

        var run = new Command("run", "Run the controller until it is told to stop (SIGTERM or Ctrl-C).") { kubeconfig, nameSpace, filter, data, postgres, robot, reserve, rescuePort, talosPort, replica, lease, health, verbose };
        run.SetAction((parsed, cancellation) => Controller.RunAsync(
            new HostOptions
            {
                KubeconfigPath = parsed.GetValue(kubeconfig),
                Namespace = parsed.GetValue(nameSpace),
                WatchFilter = parsed.GetValue(filter),
                DataDirectory = parsed.GetValue(data)!,
                PostgresFile = parsed.GetValue(postgres),
                ReplicaName = parsed.GetValue(replica)!,
                Lease = TimeSpan.FromSeconds(parsed.GetValue(lease)),
                HealthPort = parsed.GetValue(health),
                RobotUrl = parsed.GetValue(robot)!,
                RobotReserve = parsed.GetValue(reserve) / 100.0,
                RescuePort = parsed.GetValue(rescuePort),
                TalosPort = parsed.GetValue(talosPort),
                Verbose = parsed.GetValue(verbose),
            },
            clock,
            random,
            cancellation));
        return run;
    }

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();
}
