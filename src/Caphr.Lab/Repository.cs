namespace Caphr.Lab;

/// <summary>The working copy that the Lab was built from: it shows what is in it, and carries no copies.</summary>
public sealed record Repository(string Root)
{
    /// <summary>CAPHR's own CRDs.</summary>
    public string Crds => Path.Combine(Root, "deploy", "crds");

    /// <summary>What definitions cannot say: admission policies.</summary>
    public string Policies => Path.Combine(Root, "deploy", "policies");

    /// <summary>Reduced CRDs of Cluster API and of the Talos bootstrap provider, which a real cluster gets from them.</summary>
    public string LabCrds => Path.Combine(Root, "deploy", "lab");

    public string Demo => Path.Combine(Root, "examples", "demo");

    /// <returns>Null when the executable was taken out of its repository.</returns>
    public static Repository? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Caphr.sln"))) return new Repository(folder.FullName);
        }

        return null;
    }
}
