using System.Globalization;
using Caphr.Protocols.Tests;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>Asks a controller for its health, as a kubelet does.</summary>
internal sealed class Probe : IDisposable
{
    private readonly HttpClient _http;

    public Probe()
    {
        Port = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}/") };
    }

    /// <summary>Free when it was looked for.</summary>
    public string Port { get; }

    public async Task<(int Status, string Body)> AskAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await AskAsync("readyz")).Status == 200;
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException)
        {
            // Nobody listens yet, or answers.
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
