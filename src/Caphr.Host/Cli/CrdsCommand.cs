using System.CommandLine;
using Caphr.Protocols.Kubernetes.Schema;

namespace Caphr.Host.Cli;

/// <summary><c>caphr crds</c>: the CustomResourceDefinitions this build speaks, made from its types.</summary>
internal static class CrdsCommand
{
    public static Command Create()
    {
        var write = new Option<DirectoryInfo?>("--write") { Description = "Write one file each into this folder instead of printing them." };
        var crds = new Command("crds", "Print the CustomResourceDefinitions, ready for kubectl apply -f -.") { write };
        crds.SetAction(parsed =>
        {
            foreach (var definition in CrdGenerator.All())
            {
                var yaml = CrdYaml.Write(definition);
                if (parsed.GetValue(write) is { } folder) File.WriteAllText(Path.Combine(folder.FullName, CrdYaml.FileName(definition)), yaml);
                else parsed.InvocationConfiguration.Output.WriteLine($"---\n{yaml}");
            }
        });
        return crds;
    }
}
