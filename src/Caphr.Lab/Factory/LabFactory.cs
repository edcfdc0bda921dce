using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caphr.Lab.Factory;

/// <summary>
/// Talos' image factory: any schematic in any version, as an image of a few words. It is a whole zstd file, so that a real
/// <c>zstd -d</c> unpacks it.
/// </summary>
public sealed partial class LabFactory : IAsyncDisposable
{
    private readonly WebApplication _app;

    public LabFactory(IPAddress? address = null, int port = 0)
    {
        _app = LabWeb.Build(address ?? IPAddress.Loopback, port);
        _app.MapMethods("/image/{schematic}/{version}/{file}", ["GET", "HEAD"], Serve);
    }

    public Uri BaseAddress => LabWeb.AddressOf(_app);

    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task Serve(HttpContext context)
    {
        var schematic = Part(context, "schematic");
        var version = Part(context, "version");
        if (Part(context, "file") != "metal-amd64.raw.zst" || !Schematic().IsMatch(schematic) || !Version().IsMatch(version))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var image = Zstd(string.Create(CultureInfo.InvariantCulture, $"Talos {version} of schematic {schematic}\n"));
        context.Response.ContentType = "application/zstd";
        context.Response.ContentLength = image.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(image, context.RequestAborted);
    }

    private static string Part(HttpContext context, string name) => context.GetRouteValue(name)?.ToString() ?? "";

    /// <summary>One frame of one uncompressed block (RFC 8878): magic, header with a one-byte size, block header, bytes.</summary>
    private static byte[] Zstd(string text)
    {
        const int LastBlock = 1;
        var content = Encoding.ASCII.GetBytes(text);
        var block = (content.Length << 3) | LastBlock;
        return [0x28, 0xB5, 0x2F, 0xFD, 0x20, checked((byte)content.Length), (byte)(block & 255), (byte)((block >> 8) & 255), (byte)(block >> 16), .. content];
    }

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Schematic();

    [GeneratedRegex(@"^v\d{1,3}\.\d{1,3}\.\d{1,3}(-[0-9a-z.]{1,30})?$")]
    private static partial Regex Version();
}
