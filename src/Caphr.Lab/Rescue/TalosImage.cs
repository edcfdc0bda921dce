namespace Caphr.Lab.Rescue;

/// <summary>An image as the factory names it, <c>/image/{schematic}/{version}/{file}</c>.</summary>
internal static class TalosImage
{
    /// <summary>What an image unpacks to.</summary>
    public const long Bytes = 4L << 30;

    public static string? VersionOf(Uri url) => url.Segments is [.., "image/", _, var version, _] ? version.TrimEnd('/') : null;
}
