using System.Text.Json.Nodes;

namespace Caphr.Lab.Tests.Talos.Peers;

/// <summary>The Lab's Talos before a gRPC client that is not ours, with an Ed25519 key as a talosconfig has one.</summary>
public sealed class GrpcJsClientTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("v1.12.4", 211)]
    [InlineData("v1.14.0", 212)]
    public async Task It_reads_the_version_is_refused_an_apply_and_watches_the_node_become_ready(string version, byte network)
    {
        await using var lab = await TalosLab.StartAsync(network);
        await lab.ConfigureAsync(version);
        var folder = Directory.CreateTempSubdirectory("caphr-client");
        try
        {
            PeerPki.WriteClient(lab.Cluster.Authority, folder, "os:reader", lab.Clock.GetUtcNow());
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.crt"), lab.Cluster.Authority.Certificate.ExportCertificatePem());
            using var client = await GrpcJs.StartAsync("client.js", folder.FullName, lab.Node.ToString());

            var said = (await client.StandardOutput.ReadToEndAsync().WaitAsync(s_patience)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();

            Assert.Equal($$"""{"call":"Version","tag":"{{version}}"}""", said[0].ToJsonString());
            Assert.Equal("""{"call":"ApplyConfiguration","code":7,"details":"not authorized"}""", said[1].ToJsonString());
            Assert.Equal("""{"call":"Watch","stands":true}""", said[2].ToJsonString());
            Assert.Equal(0, (int?)said[3]["event_type"]);
            Assert.Equal((4, true), ((int)said[^1]["stage"]!, (bool)said[^1]["ready"]!));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
