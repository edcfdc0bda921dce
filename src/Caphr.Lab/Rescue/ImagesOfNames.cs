using System.Security.Cryptography;
using System.Text;

namespace Caphr.Lab.Rescue;

/// <summary>A factory that has every image and needs no network: what a file holds follows from its name. It answers before it returns.</summary>
public sealed class ImagesOfNames : IImageSource
{
    public void Fetch(string url, IImageSink sink, CancellationToken power)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var named) || TalosImage.VersionOf(named) is null)
        {
            sink.Failed("curl ended with 22: The requested URL returned error: 404");
            return;
        }

        sink.Opened();
        sink.Ended(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url))));
    }
}
