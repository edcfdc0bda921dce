using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;
using Caphr.Protocols.Talos.Rules;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Caphr.Lab.Talos;

/// <summary>
/// What Talos refuses a configuration for, in Talos' own words: first what it cannot decode, then all that does not hold. The part that
/// hardware facts can go wrong in, and what users get wrong most.
/// </summary>
internal static class ConfigurationCheck
{
    private static readonly string[] s_mainKeys = ["version", "debug", "persist", "machine", "cluster"];

    /// <summary>Null, or why Talos refuses.</summary>
    public static string? Refusal(string configuration, TalosVersion version)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(configuration));
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException)
        {
            // The second is what the reader says of a list that is never closed.
            return $"decode error: yaml: line {(exception as YamlException)?.Start.Line ?? 0}: could not be read";
        }

        if (Undecodable(stream, version) is { } why) return why;

        var documents = stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>().ToList();
        if (Conflict(documents) is { } conflict) return conflict;

        var main = documents.FirstOrDefault(document => document.Find("kind") is null);
        if (main is null) return "the applied machine configuration doesn't contain v1alpha1 config";

        var errors = MainErrors(main, version).Concat(documents.Where(document => document != main).SelectMany(document => DocumentRules.Errors(document, main))).ToList();
        return errors.Count == 0
            ? null
            : $"configuration validation failed: {errors.Count} error{(errors.Count == 1 ? "" : "s")} occurred:\n{string.Concat(errors.Select(error => $"\t* {error}\n"))}";
    }

    private static string? Undecodable(YamlStream stream, TalosVersion version)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var root in stream.Documents.Select(document => document.RootNode))
        {
            var line = root.Start.Line;
            if (root is YamlScalarNode { Value: null or "" }) continue;
            if (root is not YamlMappingNode document) return $"expected a YAML document at line {line}";

            var kind = document.Text("kind");
            var id = $"{document.Text("apiVersion")}/{(kind.Length == 0 ? "v1alpha1" : kind)}/{document.Text("name")}";
            if (!seen.Add(id)) return $"duplicate document {id} is not allowed (line {line})";
            var decoding = $"error decoding document {id} (line {line}): ";
            if (kind.Length == 0 && s_mainKeys.Skip(1).All(key => document.Find(key) is null)) return decoding + "missing kind";
            if (kind.Length > 0 && document.Find("apiVersion") is null) return decoding + "missing apiVersion";
            if (kind.Length > 0 && !DocumentRules.IsRegistered(kind, version)) return $"{decoding}\"{kind}\" \"v1alpha1\": not registered";
            if (UnknownKey(document, kind) is { } unknown) return $"{decoding}unknown keys found during decoding:\n{unknown}\n";
        }

        return null;
    }

    private static string? UnknownKey(YamlMappingNode document, string kind)
    {
        if (PatchIn(document, 0) is { } patch) return patch;
        var known = kind.Length == 0 ? s_mainKeys : DocumentRules.KeysOf(kind);
        return known is null ? null : document.Children.Keys.Select(key => key.ToString()).FirstOrDefault(key => !known.Contains(key) && key != "<<" && key is not ("apiVersion" or "kind"));
    }

    private static string? PatchIn(YamlNode node, int depth) => node switch
    {
        _ when depth > 64 => null,
        YamlMappingNode mapping when mapping.Find("$patch") is { } patch => $"$patch: {patch}",
        YamlMappingNode mapping => mapping.Children.Values.Select(child => PatchIn(child, depth + 1)).FirstOrDefault(found => found is not null),
        YamlSequenceNode list => list.Children.Select(child => PatchIn(child, depth + 1)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static string? Conflict(List<YamlMappingNode> documents)
    {
        foreach (var family in DocumentRules.OneOfAName)
        {
            var twins = documents.Where(document => family.Contains(document.Text("kind"))).GroupBy(document => document.Text("name")).FirstOrDefault(group => group.Count() > 1);
            if (twins is not null) return $"conflicting documents: {string.Join(" and ", twins.Select(twin => $"{twin.Text("kind")}/{twin.Text("name")}"))}";
        }

        return null;
    }

    private static IEnumerable<string> MainErrors(YamlMappingNode main, TalosVersion version)
    {
        var controlPlane = main.Text("machine", "type") is "controlplane" or "init";
        if (main.Find("machine") is not YamlMappingNode) return ["machine instructions are required"];
        List<string?> errors =
        [
            main.Find("cluster") is not YamlMappingNode ? "cluster instructions are required"
                : Uri.TryCreate(main.Text("cluster", "controlPlane", "endpoint"), UriKind.Absolute, out _) ? null : "cluster controlplane endpoint is required",
            version.Generation != TalosGeneration.UpTo112 ? null
                : main.Find("machine", "install") is not YamlMappingNode ? "install instructions are required in \"metal\" mode"
                : HasInstallDisk(main) ? null : "either install disk or diskSelector should be defined",
            main.Text("machine", "ca", "crt").Length > 0 ? null : "issuing CA or some accepted CAs are required (.machine.ca, machine.acceptedCAs)",
            controlPlane || main.Text("machine", "type") == "worker" ? null : $"unknown machine type \"{main.Text("machine", "type")}\"",
            controlPlane && main.Text("machine", "ca", "key").Length == 0 ? "issuing CA key is required for controlplane nodes (.machine.ca.key)" : null,
            !controlPlane && main.Text("machine", "ca", "key").Length > 0 ? "issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)" : null,
            .. main.Items("machine", "network", "interfaces").Select(InterfaceError),
        ];
        return errors.OfType<string>();
    }

    private static string? InterfaceError(YamlMappingNode entry) => (entry.Text("interface").Length > 0, entry.Find("deviceSelector") is not null) switch
    {
        (true, true) => "[networking.os.device.interface, networking.os.device.deviceSelector]: config sections are mutually exclusive",
        (false, false) => "[networking.os.device.interface, networking.os.device.deviceSelector]: required either config section to be set",
        _ => null,
    };

    private static bool HasInstallDisk(YamlMappingNode main) =>
        main.Text("machine", "install", "disk").Length > 0 || main.Find("machine", "install", "diskSelector") is YamlMappingNode { Children.Count: > 0 };
}
