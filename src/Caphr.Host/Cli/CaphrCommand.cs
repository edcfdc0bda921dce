using System.CommandLine;

namespace Caphr.Host.Cli;

/// <summary>The verbs of <c>caphr</c>, one file each.</summary>
internal static class CaphrCommand
{
    public static RootCommand Create(TimeProvider clock, Random random)
    {
        var root = new RootCommand("CAPHR turns dedicated Hetzner servers into Talos Linux nodes of Cluster API clusters, and takes them back.");
        root.Subcommands.Add(RunCommand.Create(clock, random));
        root.Subcommands.Add(CrdsCommand.Create());
        root.Subcommands.Add(ConfigCommand.Create(clock));
        root.Subcommands.Add(ServerCommand.Create(clock));
        root.Subcommands.Add(ExplainCommand.Create(clock));
        root.Subcommands.Add(ActorCommand.Create(clock));
        foreach (var command in FleetCommands.Create(clock)) root.Subcommands.Add(command);
        root.Subcommands.Add(JournalCommand.Create(clock));
        root.Subcommands.Add(CompletionCommand.Create(() => root));
        return root;
    }
}
