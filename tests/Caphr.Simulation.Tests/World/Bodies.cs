namespace Caphr.Simulation.Tests.World;

/// <summary>Reads what a request carries. All of it is in memory, so nothing is waited for.</summary>
internal static class Bodies
{
    public static byte[] Read(HttpContent? content)
    {
        using var body = new MemoryStream();
        content?.CopyTo(body, context: null, CancellationToken.None);
        return body.ToArray();
    }
}
