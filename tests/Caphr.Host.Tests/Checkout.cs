namespace Caphr.Host.Tests;

/// <summary>The checkout these tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] names) => Path.Combine([Root, .. names]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Caphr.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("These tests must run from a checkout: no Caphr.sln above them.");
    }
}
