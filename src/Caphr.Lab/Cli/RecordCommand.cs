using System.CommandLine;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab record</c>.</summary>
internal static class RecordCommand
{
    public static Command Build()
    {
        var file = new Argument<FileInfo>("file") { Description = "Where to." };
        var command = new Command("record", """
            Writes down everything that was done to the Lab that runs since it began: orders, resets, writes to disks, configurations, faults.
            No password and no machine configuration is in it. `caphr-lab replay` does the same again.
            """)
        {
            file,
        };
        command.SetAction((line, cancellation) => OnLab.TellAsync(
            async (lab, token) =>
            {
                var recording = await lab.GetAsync("recording", token);
                if (!recording.TryGet(out var text, out var failure)) return failure;
                await File.WriteAllTextAsync(line.GetRequiredValue(file).FullName, text, token);
                return $"{text.Count(letter => letter == '\n') - 1} deeds are in {line.GetRequiredValue(file).Name}.";
            },
            cancellation));
        return command;
    }
}
