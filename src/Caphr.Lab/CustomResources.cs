using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Caphr.Lab;

/// <summary>Installs CRDs from a folder of YAML files, for those who have no kubectl at hand.</summary>
internal static class CustomResources
{
    private static readonly Uri s_collection = new("apis/apiextensions.k8s.io/v1/customresourcedefinitions", UriKind.Relative);

    public static async Task<LabFailure?> InstallAsync(Uri kubernetes, string folder, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = kubernetes };
        foreach (var file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            using var response = await http.PostAsJsonAsync(s_collection, Json(file), cancellation);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict) continue;
            return new LabFailure($"The Lab's API server refused {Path.GetFileName(file)}: {await response.Content.ReadAsStringAsync(cancellation)}");
        }

        return null;
    }

    private static JsonNode? Json(string file)
    {
        var document = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(File.ReadAllText(file));
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(document));
    }
}
