using System.CommandLine;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Cli;

/// <summary><c>caphr config print</c>: what a host was told; <c>caphr config render</c>: what becomes of a machine configuration on a server, without either.</summary>
internal static class ConfigCommand
{
    public static Command Create(TimeProvider clock)
    {
        var file = new Option<FileInfo>("--file", "-f") { Description = "The machine configuration, as the bootstrap provider made it.", Required = true };
        var facts = new Option<FileInfo>("--facts") { Description = "The facts about the server, as JSON (docs/machine-config.md).", Required = true };
        var talos = new Option<string>("--talos") { Description = "The Talos version on the server, such as 1.12.", Required = true };

        var render = new Command("render", "Print a machine configuration with a server's facts in it, and what changed. Secrets are masked.") { file, facts, talos };
        render.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var rendered = Render(parsed.GetValue(file)!, parsed.GetValue(facts)!, parsed.GetValue(talos)!);
            if (rendered.Problem is { } problem)
            {
                error.WriteLine(problem);
                return 1;
            }

            output.Write(rendered.Text);
            return 0;
        });
        return new Command("config", "Look at the host's configuration, and at machine configurations.") { Print(clock), render };
    }

    private static Command Print(TimeProvider clock)
    {
        var surroundings = new Surroundings();
        var print = new Command("print", "Print what a host that is started here with these flags is told, and where each value comes from. No secret is shown.");
        surroundings.AddTo(print);
        print.SetAction(parsed =>
        {
            if (!surroundings.Read(parsed).TryGet(out var configuration, out var failure))
            {
                parsed.InvocationConfiguration.Error.WriteLine(failure.Message);
                return 1;
            }

            Screen.Of(parsed.InvocationConfiguration.Output, clock).Table(
                ["SETTING", "VALUE", "FROM"],
                configuration.Shown.Select(one => (IReadOnlyList<Cell>)[one.Setting.Key, one.Value, new Cell(one.Place, one.Place == "default" ? Tone.Faint : Tone.Plain)]));
            return 0;
        });
        return print;
    }

    private static (string? Text, string? Problem) Render(FileInfo file, FileInfo factsFile, string talos)
    {
        if (!TalosVersion.TryParse(talos, out var version)) return (null, $"--talos wants a version such as 1.12, not {talos}.");
        if (Read(file, out var configuration) is { } unread) return (null, unread);
        if (Read(factsFile, out var json) is { } missing) return (null, missing);
        if (!FactsFile.Read(json).TryGet(out var facts, out var failure)) return (null, $"{factsFile}: {failure.Detail}");
        if (!MachineConfiguration.Place(configuration, facts, version).TryGet(out var placed, out failure)) return (null, $"{file}: {failure.Detail}");
        if (placed.FirstRefusal is { } refusal) return (null, $"{file}: {refusal.Key} cannot be placed: {refusal.Reason}.");

        return ($"{SecretMask.Apply(placed.Documents).TrimEnd()}\n\n{PlacementReport.Of(configuration, placed)}", null);
    }

    private static string? Read(FileInfo file, out string text)
    {
        text = "";
        try
        {
            text = File.ReadAllText(file.FullName);
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"There is no file {file}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {exception.Message}";
        }
    }
}
