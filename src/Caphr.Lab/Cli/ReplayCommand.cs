using System.CommandLine;
using Caphr.Lab.World.Deeds;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab replay</c>.</summary>
internal static class ReplayCommand
{
    public static Command Build()
    {
        var file = new Argument<FileInfo>("file") { Description = "What caphr-lab record wrote." };
        file.AcceptExistingOnly();
        var command = new Command("replay", """
            Does to a datacenter with the same seed what was recorded of another, on a clock that waits for nothing, and prints what happened
            to its servers. The same recording prints the same, byte by byte. Only hardware is played: no port is opened.
            """)
        {
            file,
        };
        command.SetAction(async (line, cancellation) =>
        {
            var lines = await File.ReadAllLinesAsync(line.GetRequiredValue(file).FullName, cancellation);
            if (!Recording.Read(lines).TryGet(out var recording, out var failure)) return await OnLab.FailAsync(failure);
            foreach (var entry in Replay.Run(recording).Ledger.Trace()) await Console.Out.WriteLineAsync(entry);
            return 0;
        });
        return command;
    }
}
