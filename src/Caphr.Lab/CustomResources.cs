using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Caphr.Lab;

/// <summary>Installs CRDs and admission policies from a folder of YAML files, for those who have no kubectl at hand.</summary>
internal static class CustomResources
{
    public static async Task<LabFailure?> InstallAsync(Uri kubernetes, string folder, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = kubernetes };
        return await InstallAsync(http, Read(folder), cancellation);
    }

    public static async Task<LabFailure?> InstallAsync(HttpClient http, IEnumerable<(string File, JsonNode? Document)> documents, CancellationToken cancellation)
    {
        foreach (var (file, document) in documents)
        {
            if (Collection(document.TextAt("kind")) is not { } collection) return new LabFailure($"{file} holds a {document.TextAt("kind")}, which is not installed here.");
            using var response = await http.PostAsJsonAsync(collection, document, cancellation);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict) continue;
            return new LabFailure($"The Lab's API server refused {file}: {await response.Content.ReadAsStringAsync(cancellation)}");
        }

        return null;
    }

    /// <summary>For whoever installs the same again and again: to read YAML takes longer than all the rest.</summary>
    public static IEnumerable<(string File, JsonNode? Document)> Read(string folder) =>
        Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(file => Documents(file).Select(document => (Path.GetFileName(file), document)));

    private static Uri? Collection(string? kind) => kind switch
    {
        "CustomResourceDefinition" => new Uri("apis/apiextensions.k8s.io/v1/customresourcedefinitions", UriKind.Relative),
        "ValidatingAdmissionPolicy" => new Uri("apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", UriKind.Relative),
        "ValidatingAdmissionPolicyBinding" => new Uri("apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", UriKind.Relative),
        _ => null,
    };

    private static IEnumerable<JsonNode?> Documents(string file)
    {
        using var text = File.OpenText(file);
        var parser = new Parser(text);
        var reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var writer = new SerializerBuilder().JsonCompatible().Build();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _)) yield return JsonNode.Parse(writer.Serialize(reader.Deserialize(parser)));
    }
}
