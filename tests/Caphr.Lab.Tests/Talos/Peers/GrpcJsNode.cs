using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Caphr.Lab.Tests.Talos.Peers;

/// <summary>A node that runs, and what it says about its callers.</summary>
internal sealed class GrpcJsNode : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private GrpcJsNode(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    public static async Task<GrpcJsNode> StartAsync(PeerPki pki, string version)
    {
        var process = await GrpcJs.StartAsync("node.js", pki.Folder.FullName, version);
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);
        if (line?.StartsWith("listening ", StringComparison.Ordinal) != true)
            throw new InvalidOperationException($"The peer did not come up: {line} {await process.StandardError.ReadToEndAsync().WaitAsync(s_patience)}");
        return new GrpcJsNode(process, new IPEndPoint(IPAddress.Loopback, int.Parse(line["listening ".Length..], CultureInfo.InvariantCulture)));
    }

    public Task<string?> HearAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        _process.Dispose();
    }
}
