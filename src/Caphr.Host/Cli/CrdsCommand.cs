using System.CommandLine;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Host.Cli;

/// <summary><c>caphr crds</c>: the CustomResourceDefinitions this build speaks, made from its types.</summary>
internal static class CrdsCommand
{
    public static Command Create()
    {
        var write = new Option<DirectoryInfo?>("--write") { Description = "Write one file each into this folder instead of printing them." };
        var page = new Option<FileInfo?>("--page") { Description = "Write every field of every kind into this Markdown file as well." };
        var crds = new Command("crds", "Print the CustomResourceDefinitions, ready for kubectl apply -f -.") { write, page };
        crds.SetAction(parsed =>
        {
            foreach (var definition in CrdGenerator.All())
            {
                var yaml = CrdYaml.Write(definition);
                if (parsed.GetValue(write) is { } folder) File.WriteAllText(Path.Combine(folder.FullName, CrdYaml.FileName(definition)), yaml);
                else parsed.InvocationConfiguration.Output.WriteLine($"---\n{yaml}");
            }

            if (parsed.GetValue(page) is { } file) File.WriteAllText(file.FullName, CrdPage.Write(CrdGenerator.All()));
        });
        return crds;
    }
}
