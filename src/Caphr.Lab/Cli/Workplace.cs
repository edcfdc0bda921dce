namespace Caphr.Lab.Cli;

/// <summary>A folder of one run: kubeconfig, the door for other commands, the controller's data and its log. Only its owner can look in.</summary>
internal sealed class Workplace : IDisposable
{
    private const string Prefix = "caphr-lab-";
    private const string SocketName = "lab.sock";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory(Prefix);

    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    /// <summary>By this file other commands find the Lab that runs.</summary>
    public string Socket => Path.Combine(_folder.FullName, SocketName);

    public string ControllerData => Directory.CreateDirectory(Path.Combine(_folder.FullName, "data")).FullName;

    /// <summary>Where the controller that is started here answers <c>caphr</c>.</summary>
    public string ControllerSocket => Path.Combine(_folder.FullName, "caphr.sock");

    /// <summary>What another terminal sources, to have kubectl and <c>caphr</c> speak of this run.</summary>
    public string Surroundings => Path.Combine(_folder.FullName, "env");

    public string ControllerLog => Path.Combine(_folder.FullName, "controller.log");

    /// <summary>Leave everything where it is, for whoever wants to know what went wrong.</summary>
    public bool Keep { get; set; }

    /// <summary>Of all runs whose workplaces there are, the newest first; some of them may be over.</summary>
    public static IEnumerable<string> Sockets() => new DirectoryInfo(Path.GetTempPath())
        .EnumerateDirectories(Prefix + "*", new EnumerationOptions { IgnoreInaccessible = true })
        .OrderByDescending(folder => folder.CreationTimeUtc)
        .Select(folder => Path.Combine(folder.FullName, SocketName))
        .Where(Path.Exists);

    public void WriteSurroundings(string controller) => File.WriteAllText(
        Surroundings,
        $$"""
        export KUBECONFIG={{Kubeconfig}} CAPHR_SOCKET={{ControllerSocket}}
        caphr() { dotnet {{controller}} "$@"; }

        """);

    public void Dispose()
    {
        if (!Keep) _folder.Delete(recursive: true);
    }
}
