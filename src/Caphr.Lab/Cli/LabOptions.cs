using System.CommandLine;
using Caphr.Lab.World;
using Caphr.Protocols.Talos;

namespace Caphr.Lab.Cli;

/// <summary>The options that all verbs share, and what they make of a command line.</summary>
internal sealed class LabOptions
{
    private readonly Option<int> _servers = new("--servers") { Description = "How many servers the datacenter has.", DefaultValueFactory = _ => 6 };
    private readonly Option<double> _speed = new("--speed") { Description = "How many times faster than real hardware this one is.", DefaultValueFactory = _ => 20 };
    private readonly Option<int> _seed = new("--seed") { Description = "Decides everything about the servers; the same seed makes the same ones.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _portBase = new("--port-base")
    {
        Description = "All ports are near this: +43 Kubernetes, +80 Robot, +81 image factory, +22 rescue, +50 Talos.",
        DefaultValueFactory = _ => DatacenterPorts.DefaultBase,
    };

    private readonly Option<string> _talos = new("--talos")
    {
        Description = "Releases of Talos, such as 1.12.4,1.13.0, that the servers come with in turn, waiting in maintenance. Left out, they come empty.",
    };

    private int? _fixedServers;

    public LabOptions()
    {
        _servers.Validators.Add(result => Check(result.GetValueOrDefault<int>() is >= 0 and <= 10_000, "--servers wants a number from 0 to 10000.", result.AddError));
        _speed.Validators.Add(result => Check(result.GetValueOrDefault<double>() is > 0 and <= 1000, "--speed wants a number above 0, up to 1000.", result.AddError));
        _talos.Validators.Add(result => Check(Releases(result.GetValueOrDefault<string>()).All(release => TalosVersion.TryParse(release, out _)), "--talos wants releases such as 1.12.4,1.13.0.", result.AddError));
        _portBase.Validators.Add(result => Check(result.GetValueOrDefault<int>() is >= 1024 and <= 65_000, "--port-base wants a number from 1024 to 65000.", result.AddError));
    }

    /// <param name="command">The verb.</param>
    /// <param name="servers">How many servers the verb needs, or null where the user says.</param>
    public void AddTo(Command command, int? servers)
    {
        if (servers is null)
        {
            command.Add(_servers);
            command.Add(_talos);
        }

        _fixedServers = servers;
        command.Add(_speed);
        command.Add(_seed);
        command.Add(_portBase);
    }

    public DatacenterOptions Read(ParseResult line) => new()
    {
        World = new WorldOptions { Servers = _fixedServers ?? line.GetValue(_servers), TimeScale = line.GetValue(_speed), Seed = line.GetValue(_seed), Talos = _fixedServers is null ? Releases(line.GetValue(_talos)) : [] },
        Ports = DatacenterPorts.From(line.GetValue(_portBase)),
    };

    private static string[] Releases(string? list) => [.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(release => $"v{release.TrimStart('v')}")];

    private static void Check(bool holds, string otherwise, Action<string> complain)
    {
        if (!holds) complain(otherwise);
    }
}
