using System.CommandLine;
using Caphr.Lab.Cli.Admin;

namespace Caphr.Lab.Cli;

/// <summary><c>caphr-lab servers</c>.</summary>
internal static class ServersCommand
{
    public static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "As JSON, for scripts." };
        var number = new Argument<int?>("number") { Description = "One server only, with its disks.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("servers", "Lists the servers of the Lab that runs, with what runs on them.") { number, json };
        command.SetAction((line, cancellation) => OnLab.TellAsync(
            async (lab, token) =>
            {
                if (line.GetValue(number) is not { } one)
                    return line.GetValue(json) ? await lab.GetAsync("servers", token) : (await lab.GetAsync("servers", AdminJson.Default.IReadOnlyListServerView, token)).Then(All);
                var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"servers/{one}");
                return line.GetValue(json) ? await lab.GetAsync(path, token) : (await lab.GetAsync(path, AdminJson.Default.ServerView, token)).Then(One);
            },
            cancellation));
        return command;
    }

    internal static string All(IReadOnlyList<ServerView> servers) => servers.Count == 0 ? "This datacenter is empty." : string.Join('\n', servers.Select(Line));

    internal static string One(ServerView server) => string.Join('\n', (IEnumerable<string>)
    [
        Line(server),
        $"  MAC {server.Mac}",
        .. server.Disks.Select(disk => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"  {disk.Name}  serial {disk.Serial}  wwn {disk.Wwn}  {disk.SizeBytes / 1_000_000_000} GB  {disk.Content}{(disk.Signatures.Count == 0 ? "" : $" ({string.Join(", ", disk.Signatures)})")}")),
    ]);

    private static string Line(ServerView server) =>
        $"{server.Number}  {server.Address,-15}  {server.Running}{(server.RescueOrdered ? "; rescue is ordered" : "")}{(server.Faults.Count == 0 ? "" : $"; {string.Join(", ", server.Faults)}")}";
}
