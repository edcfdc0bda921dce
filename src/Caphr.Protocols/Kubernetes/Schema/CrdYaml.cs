using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>A definition as the YAML file that is committed.</summary>
public static class CrdYaml
{
    public static string FileName(JsonObject definition) => $"{(string?)definition["spec"]?["names"]?["plural"]}.yaml";

    public static string Write(JsonObject definition)
    {
        var yaml = new SerializerBuilder().WithQuotingNecessaryStrings().WithIndentedSequences().WithNewLine("\n").DisableAliases().Build();
        return "# Made from src/Caphr.Protocols/Kubernetes/Resources by CrdGenerator. Change the C# type, then write this file anew.\n"
            + yaml.Serialize(Plain(definition));
    }

    private static object Plain(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(entry => entry.Key, entry => Plain(entry.Value)),
        JsonArray list => list.Select(Plain).ToList(),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => JsonSerializer.Deserialize<long>(value),
            _ => value.ToString(),
        },
        _ => "",
    };
}
