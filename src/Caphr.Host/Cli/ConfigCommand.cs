using System.CommandLine;
using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;

namespace Caphr.Host.Cli;

/// <summary><c>caphr config render</c>: what becomes of a machine configuration on a server, without a cluster or a server.</summary>
internal static class ConfigCommand
{
    public static Command Create()
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
        return new Command("config", "Look at machine configurations.") { render };
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
