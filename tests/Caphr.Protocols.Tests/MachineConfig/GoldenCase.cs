using Caphr.Protocols.MachineConfig;
using Caphr.Protocols.Talos;

namespace Caphr.Protocols.Tests.MachineConfig;

/// <summary>
/// One folder below Golden/&lt;Talos release&gt;: input.yaml, facts.json, and what must come of them: expected.yaml, or refusal.txt with the
/// key and the reason of each refusal.
/// </summary>
internal sealed class GoldenCase(string folder)
{
    public static IEnumerable<string> Names => Directory.GetDirectories(Root).SelectMany(Directory.GetDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static IEnumerable<GoldenCase> All => Names.Select(Named);

    public string Name { get; } = folder;

    public TalosVersion Version => TalosVersion.Parse(Name.Split('/')[0]);

    public string Input => Read("input.yaml")!;

    public string? Expected => Read("expected.yaml");

    public string? Refusal => Read("refusal.txt");

    public HardwareFacts Facts => FactsFile.Read(Read("facts.json")!).Value;

    private static string Root { get; } = Path.Combine(Checkout(), "tests", "Caphr.Protocols.Tests", "MachineConfig", "Golden");

    public static GoldenCase Named(string name) => new(name);

    public Outcome<PlacedConfiguration, MachineConfigFailure> Place(string? input = null) => MachineConfiguration.Place(input ?? Input, Facts, Version);

    /// <summary>Where nothing is expected yet, what came out is written down, for a person to read and to agree with.</summary>
    public void WriteDownIfNew(string? documents, string? refusal)
    {
        if (Expected is not null || Refusal is not null) return;
        var path = Path.Combine(Root, Name, refusal is null ? "expected.yaml" : "refusal.txt");
        File.WriteAllText(path, refusal ?? documents);
        Assert.Fail($"{path} was not there. It is now: read it, and keep it if it is right.");
    }

    private string? Read(string file)
    {
        var path = Path.Combine(Root, Name, file);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    public static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Caphr.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
