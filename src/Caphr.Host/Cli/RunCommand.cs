using System.CommandLine;
using Caphr.Host.Composition;

namespace Caphr.Host.Cli;

/// <summary><c>caphr run</c>: the controller itself.</summary>
internal static class RunCommand
{
    public static Command Create(TimeProvider clock, Random random)
    {
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "How to reach the management cluster. Inside it, leave this out: the service account is used." };
        var nameSpace = new Option<string?>("--namespace") { Description = "Watch one namespace only. Default: all." };
        var data = new Option<string>("--data-dir") { Description = "Where the journal is kept. Must survive restarts.", DefaultValueFactory = _ => "/var/lib/caphr" };
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
        var rescuePort = new Option<int>("--rescue-port") { Description = "SSH port of the rescue system.", DefaultValueFactory = _ => 22 };
        var talosPort = new Option<int>("--talos-port") { Description = "Port of the Talos API.", DefaultValueFactory = _ => 50000 };

        var verbose = new Option<bool>("--verbose", "-v") { Description = "Log each effect as it begins and ends." };

        var run = new Command("run", "Run the controller until it is told to stop (SIGTERM or Ctrl-C).") { kubeconfig, nameSpace, data, robot, rescuePort, talosPort, verbose };
        run.SetAction((parsed, cancellation) => Controller.RunAsync(
            new HostOptions
            {
                KubeconfigPath = parsed.GetValue(kubeconfig),
                Namespace = parsed.GetValue(nameSpace),
                DataDirectory = parsed.GetValue(data)!,
                RobotUrl = parsed.GetValue(robot)!,
                RescuePort = parsed.GetValue(rescuePort),
                TalosPort = parsed.GetValue(talosPort),
                Verbose = parsed.GetValue(verbose),
            },
            clock,
            random,
            cancellation));
        return run;
    }
}
