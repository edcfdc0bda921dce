namespace Caphr.Lab.Cli;

/// <summary>A folder of one run: kubeconfig, the controller's data and its log.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caphr-lab-");

    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    public string ControllerData => Directory.CreateDirectory(Path.Combine(_folder.FullName, "data")).FullName;

    public string ControllerLog => Path.Combine(_folder.FullName, "controller.log");

    /// <summary>Leave everything where it is, for whoever wants to know what went wrong.</summary>
    public bool Keep { get; set; }

    public void Dispose()
    {
        if (!Keep) _folder.Delete(recursive: true);
    }
}
