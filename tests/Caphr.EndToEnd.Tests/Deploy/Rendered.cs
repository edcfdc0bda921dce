using System.Diagnostics;
using System.Text.Json.Nodes;
using Caphr.EndToEnd.Tests.Provisioning;
using Caphr.EndToEnd.Tests.Tidy;
using YamlDotNet.Serialization;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>What a folder of deploy/ comes to.</summary>
internal static class Rendered
{
    public static async Task<JsonNode> PodOfAsync(string folder) => (await SetOfAsync(folder))["template"]!["spec"]!;

    public static async Task<JsonNode> SetOfAsync(string folder) => (await RenderAsync(folder)).Single(one => (string?)one["kind"] == "StatefulSet")["spec"]!;

    public static async Task<IReadOnlyList<JsonNode>> RenderAsync(string folder)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", Path.Combine(Checkout.Root, folder)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = kubectl.StandardError.ReadToEndAsync();
        var output = kubectl.StandardOutput.ReadToEndAsync();
        await kubectl.EndAsync();
        Assert.True(kubectl.ExitCode == 0, await errors);
        return Documents(await output);
    }

    public static IReadOnlyList<JsonNode> Documents(string yaml) => [.. yaml.Split("\n---\n").Where(text => !string.IsNullOrWhiteSpace(text)).Select(Json)];

    public static JsonNode Json(string text)
    {
        var document = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(text);
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(document))!;
    }
}
