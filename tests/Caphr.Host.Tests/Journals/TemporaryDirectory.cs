namespace Caphr.Host.Tests.Journals;

internal sealed class TemporaryDirectory
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("caphr-");

    public string File(string name) => Path.Combine(_directory.FullName, name);

    public void Delete() => _directory.Delete(recursive: true);
}
