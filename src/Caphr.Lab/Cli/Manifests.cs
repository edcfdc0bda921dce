namespace Caphr.Lab.Cli;

/// <summary>The files of a folder as one stream of documents.</summary>
internal static class Manifests
{
    private const string FactoryInFiles = "http://127.0.0.1:18481";

    public static string Read(params string[] folders) =>
        string.Join("\n---\n", folders.SelectMany(folder => Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)).Select(File.ReadAllText));

    /// <summary>The demo's files name the Lab's factory at its default port; it may have been moved.</summary>
    public static string ReadDemo(string folder, Uri factory) =>
        Read(folder).Replace(FactoryInFiles, factory.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal);
}
