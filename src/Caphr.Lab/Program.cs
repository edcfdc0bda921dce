using System.CommandLine;
using Caphr.Lab.Cli;

#pragma warning disable RS0030 // The one place where the Lab chooses the real clock.
var clock = TimeProvider.System;
#pragma warning restore RS0030

var lab = new RootCommand("""
    A datacenter of dedicated servers in one process: Hetzner Robot, rescue systems, Talos and a Kubernetes API.

    Begin with `caphr-lab demo`: six servers become the nodes of a cluster before your eyes. Or start a datacenter of your own with
    `caphr-lab up`, and from another terminal look into it (status, servers), break it (fault), and take it with you (record, replay).
    """)
{
    UpCommand.Build(clock),
    DemoCommand.Build(clock),
    StatusCommand.Build(),
    ServersCommand.Build(),
    FaultCommand.Build(),
    RecordCommand.Build(),
    ReplayCommand.Build(),
};
return await lab.Parse(args).InvokeAsync();
