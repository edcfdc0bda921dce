using System.CommandLine;
using Caphr.Lab.Robot;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab fault</c>: breaks and heals a Lab that runs.</summary>
internal static class FaultCommand
{
    public static Command Build()
    {
        var words = new Argument<string[]>("words") { Description = "What breaks, and when if not now; or heal, and what.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("fault", """
            Breaks something in the Lab that runs, or heals it.

              caphr-lab fault server 2938104 rescue-never-boots        until healed
              caphr-lab fault server 2938104 reset-silent times 3      for the next three resets
              caphr-lab fault server 2938104 power-lost write 40%      at 40 % of the next write to a disk
              caphr-lab fault server any power-lost chance 1% on reset-pressed
              caphr-lab fault talos 2938104 apply-busy in 5m           in five minutes of hardware time
              caphr-lab fault robot maintenance
              caphr-lab fault robot lose-reply of POST '/reset/{server}'
              caphr-lab fault api partition
              caphr-lab fault clock jump 2h
              caphr-lab fault heal server 2938104 rescue-never-boots
              caphr-lab fault heal all

            `caphr-lab fault list` names everything that can break and every occasion it can wait for.
            """)
        {
            words, ListCommand(), ScriptCommand(),
        };
        command.SetAction((line, cancellation) => line.GetValue(words) is { Length: > 0 } said
            ? BreakAsync(string.Join(' ', said), cancellation)
            : OnLab.FailAsync(new LabFailure("Say what is to break: `caphr-lab fault --help` shows how, `caphr-lab fault list` what there is.")));
        return command;
    }

    internal static IEnumerable<string> Everything() =>
    [
        "server N ...", .. Words.All<ServerFault>().Select(Indented),
        "talos N ...", .. Words.All<TalosFault>().Select(Indented),
        "robot ...", "  lose-reply", "  silence", "  answer STATUS", .. Words.All<RobotScenario>().Select(Indented),
        "api ...", .. Words.All<ApiFault>().Select(Indented),
        "clock jump TIME",
        "occasions (on ...)", .. Words.All<Fact>().Select(Indented),
    ];

    private static Command ListCommand()
    {
        var command = new Command("list", "Names everything that can break, and every occasion it can wait for.");
        command.SetAction(async (_, _) =>
        {
            foreach (var line in Everything()) await Console.Out.WriteLineAsync(line);
            return 0;
        });
        return command;
    }

    private static Command ScriptCommand()
    {
        var file = new Argument<FileInfo>("file") { Description = "One fault on a line, in the words of this command; what follows a # counts for nothing." };
        file.AcceptExistingOnly();
        var command = new Command("script", "Plans all faults of a file, or none when one of its lines makes no sense.") { file };
        command.SetAction(async (line, cancellation) => await BreakAsync(await File.ReadAllTextAsync(line.GetRequiredValue(file).FullName, cancellation), cancellation));
        return command;
    }

    private static Task<int> BreakAsync(string lines, CancellationToken cancellation) => OnLab.TellAsync((lab, token) => lab.BreakAsync(lines, token), cancellation);

    private static string Indented(string word) => $"  {word}";
}
