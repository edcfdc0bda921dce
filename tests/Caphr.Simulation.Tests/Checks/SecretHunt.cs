using System.Text;
using System.Text.Json.Nodes;
using Caphr.Actors.Tests;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Checks;

/// <summary>Looks for the content of every Secret in everything that people can read: logs, the journal, and all other objects.</summary>
internal static class SecretHunt
{
    private const int ShortestSecret = 10;

    public static string? Find(SimulatedWorld world)
    {
        var objects = world.Api.Store.All();
        var secrets = objects.Where(IsSecret).SelectMany(ContentOf).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (where, text) in Readable(world, objects))
        {
            // Which one it was is not said: the report is readable as well.
            if (secrets.Exists(secret => text.Contains(secret, StringComparison.Ordinal))) return $"{where} shows the content of a Secret.";
        }

        return null;
    }

    private static bool IsSecret(StoredObject item) => item.Key.Resource == new GroupResource("", "secrets");

    private static IEnumerable<string> ContentOf(StoredObject secret)
    {
        foreach (var (name, value) in secret.Read()["data"] as JsonObject ?? [])
        {
            if (name is "robot-user") continue;
            var text = Encoding.UTF8.GetString(Convert.FromBase64String((string)value!));
            // Certificates are no secrets, and neither are the names of fields: a long word without a space is.
            foreach (var line in text.Split('\n'))
            {
                var word = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("");
                var isKey = line.Contains("key:", StringComparison.Ordinal) || line.Contains("secret", StringComparison.OrdinalIgnoreCase) || line.Contains("token", StringComparison.OrdinalIgnoreCase);
                if (word.Length >= ShortestSecret && (isKey || name is "robot-password" or "ssh-privatekey") && !word.EndsWith(':') && !line.StartsWith("-----", StringComparison.Ordinal)) yield return word.Trim('"');
            }
        }
    }

    private static IEnumerable<(string Where, string Text)> Readable(SimulatedWorld world, IReadOnlyList<StoredObject> objects)
    {
        foreach (var line in world.Logs.Lines) yield return ("the log", line);
        foreach (var item in objects.Where(item => !IsSecret(item))) yield return (item.Key.ToString(), Encoding.UTF8.GetString(item.Json.Span));
        foreach (var record in world.Database.Journal.ReadAllAsync(0, int.MaxValue, CancellationToken.None).Ended().Value) yield return ($"the journal of {record.PersistenceId}", record.Entry.Payload);
    }
}
