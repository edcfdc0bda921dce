using System.Net;
using System.Security.Cryptography;

namespace Caphr.Lab.Rescue;

/// <summary>Really downloads, from this machine only.</summary>
internal sealed class HttpImages : IImageSource, IDisposable
{
    private readonly HttpClient _http = new();

    public void Fetch(string url, IImageSink sink, CancellationToken power) => _ = Task.Run(() => RunAsync(url, sink, power), CancellationToken.None);

    public void Dispose() => _http.Dispose();

    private async Task RunAsync(string url, IImageSink sink, CancellationToken power)
    {
        try
        {
            if (await FetchAsync(url, sink, power) is { } why) sink.Failed(why);
        }
        catch (OperationCanceledException)
        {
            // The boot ended. Nobody can ask for this download any more.
        }
    }

    private async Task<string?> FetchAsync(string text, IImageSink sink, CancellationToken power)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !url.IsLoopback || url.Scheme is not ("http" or "https"))
            return "curl ended with 6: the Lab reaches nothing beyond this machine.";
        try
        {
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, power);
            if (response.StatusCode != HttpStatusCode.OK) return $"curl ended with 22: The requested URL returned error: {(int)response.StatusCode}";
            sink.Opened();
            await using var body = await response.Content.ReadAsStreamAsync(power);
            sink.Ended(Convert.ToHexStringLower(await SHA256.HashDataAsync(body, power)));
            return null;
        }
        catch (HttpRequestException exception)
        {
            return $"curl ended with 7: {exception.HttpRequestError}";
        }
        catch (IOException)
        {
            return "curl ended with 18: transfer closed with data remaining to read";
        }
    }
}
