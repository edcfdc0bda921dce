using System.Globalization;

namespace Caphr.Lab.Cli;

/// <summary>Where everything is, for someone who wants to look in.</summary>
internal static class Guide
{
    public static IEnumerable<string> To(Datacenter lab, Workplace workplace)
    {
        var (world, ports) = (lab.World, lab.Options.Ports);
        var servers = world.Servers.Count == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"{world.Servers.Count}, from {world.Servers[0].Number} at {world.Servers[0].Address} to {world.Servers[^1].Number} at {world.Servers[^1].Address}");
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"A datacenter whose hardware is {world.Options.TimeScale:0.##} times faster than real hardware (seed {world.Options.Seed})."),
            $"  servers        {servers}",
            $"  Kubernetes     {lab.Kubernetes.BaseAddress}",
            $"  Robot          {lab.Robot.BaseAddress} as user {lab.Options.Robot.User}",
            $"  image factory  {lab.Factory.BaseAddress}",
            $"  rescue, Talos  ports {ports.Rescue} and {ports.Talos} of each server's address",
            "",
            $"Look in from another terminal:  source {workplace.Surroundings}",
            "                                kubectl -n demo get hrh,hrm,machines",
            "                                caphr server list",
            $"Run a controller:               dotnet {ControllerProcess.Executable} run --kubeconfig {workplace.Kubeconfig} "
                + $"--data-dir <folder> --robot-url {lab.Robot.BaseAddress} --rescue-port {ports.Rescue} --talos-port {ports.Talos}",
            "",
        ];
    }
}
