using System.Xml.Linq;

namespace Caphr.EndToEnd.Tests.Tidy;

/// <summary>Who may know whom. Actors and Protocols never meet but in the Host.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("Caphr.Actors", "")]
    [InlineData("Caphr.Protocols", "")]
    [InlineData("Caphr.Host", "Caphr.Actors Caphr.Protocols")]
    [InlineData("Caphr.Lab", "Caphr.Host Caphr.Protocols")]
    public void A_project_references_what_the_design_allows_and_nothing_else(string project, string allowed)
    {
        var references = XDocument.Parse(Checkout.Read($"src/{project}/{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);

        Assert.Equal(allowed, string.Join(' ', references));
    }

    [Fact]
    public void There_is_no_project_whose_arrows_nobody_looks_at() =>
        Assert.Equal(
            ["Caphr.Actors", "Caphr.Host", "Caphr.Lab", "Caphr.Protocols"],
            Directory.GetDirectories(Path.Combine(Checkout.Root, "src")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal));

    /// <summary>The Lab references the Host only to start it as a process, so no source of the Lab may use a type of it.</summary>
    [Fact]
    public void The_Lab_uses_no_type_of_the_Host_and_none_of_the_actors()
    {
        var uses = Checkout.Files
            .Where(file => file.StartsWith("src/Caphr.Lab/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Checkout.Read(file).Split('\n').Where(line => line.StartsWith("using Caphr.Host", StringComparison.Ordinal) || line.StartsWith("using Caphr.Actors", StringComparison.Ordinal)).Select(line => $"{file}: {line}"));

        Assert.Empty(uses);
    }
}
