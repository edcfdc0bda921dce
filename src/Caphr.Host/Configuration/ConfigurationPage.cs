using System.Globalization;
using System.Text;

namespace Caphr.Host.Configuration;

/// <summary>docs/configuration.md, made from the settings.</summary>
internal static class ConfigurationPage
{
    public static string Write()
    {
        var page = new StringBuilder(
            $"""
            # Configuration

            A host is told what to do by flags of `caphr run`, by the environment, and by a file that `--config` or `{HostConfiguration.FileVariable}` names. Where
            several say something, the flag counts before the environment, the environment before the file, and the file before the default.
            `caphr config print`, with the same flags, shows what counts and where each value comes from.

            The file has a setting on each line and comments behind `#`, as in

            ```yaml
            lease-seconds: 20        # as in --lease-seconds=20
            watch-filter: metal
            log-format: json
            ```

            Nothing is nested. A key that is not in the table, a key twice, and a value that the setting does not take are refused, with the key that is
            most likely meant. In the environment only what is nearly one of these names is refused: it is shared with others. Of two names for one setting the
            first counts.

            | setting | environment | value | default | meaning |
            |---|---|---|---|---|

            """);
        foreach (var setting in Settings.All)
            page.Append(CultureInfo.InvariantCulture, $"| {(setting.IsSecret ? "(environment only)" : $"`{setting.Key}`")} | `{setting.Variable}`{(setting.StandardVariable is { } standard ? $", `{standard}`" : "")} | {setting.Shape} | {setting.Default} | {setting.Meaning} |\n");
        page.Append(
            """

            Secrets are never given as flags, which every list of processes shows, and never stand in the file of settings: CAPHR takes the connection string of
            PostgreSQL and the headers for a collector from files of their own or from the environment. The credentials for Robot, SSH and Talos are Secrets in the management cluster, which the
            objects name. None of them is printed, logged or written to the journal.

            """);
        return page.ToString();
    }
}
