using System.CommandLine;
using Caphr.Lab.Cli;

#pragma warning disable RS0030 // The one place where the Lab chooses the real clock.
var clock = TimeProvider.System;
#pragma warning restore RS0030

var lab = new RootCommand("""
    A datacenter of dedicated servers in one process: Hetzner Robot, rescue systems, Talos and a Kubernetes API.

    Begin with `caphr-lab demo`: six servers become the nodes of a cluster before your eyes.
    """)
{
    UpCommand.Build(clock),
    DemoCommand.Build(clock),
};
return await lab.Parse(args).InvokeAsync();
