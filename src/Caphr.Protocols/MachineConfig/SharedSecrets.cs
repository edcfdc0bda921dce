using YamlDotNet.RepresentationModel;

namespace Caphr.Protocols.MachineConfig;

/// <summary>
/// What all control planes of a cluster must have alike: with another secretbox key one cannot read what the others wrote to etcd, and
/// with another service account key it refuses their tokens.
/// </summary>
public sealed record SharedSecrets(string? SecretboxKey, string? ServiceAccountKey)
{
    /// <summary>From a Talos secrets bundle. What it does not hold is null.</summary>
    public static Outcome<SharedSecrets, MachineConfigFailure> FromBundle(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
                return new SharedSecrets(Value(root, "secrets", "secretboxencryptionsecret"), Value(root, "certs", "k8sserviceaccount", "key"));
        }
        catch (Exception exception) when (YamlTrouble.Is(exception))
        {
            // Said below: the place would tell nothing about a text that nobody wrote by hand.
        }

        return new MachineConfigFailure(MachineConfigError.FactsUnreadable, "The Talos secrets bundle is no YAML mapping.");
    }

    public override string ToString() => "shared secrets";

    private static string? Value(YamlMappingNode root, params ReadOnlySpan<string> path) => root.Text(path) is { Length: > 0 } value ? value : null;
}
