using System.CommandLine;
using Caphr.Host.Cli;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Cli;

public sealed class ConfigRenderTests : IDisposable
{
    private const string Configuration = "version: v1alpha1\nmachine:\n  type: worker\n  token: sesame.open\n";

    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public void Result_diff_and_facts_are_printed_without_secrets()
    {
        var (exit, output, error) = Render(Configuration, "{\"providerId\": \"hetzner-robot://7\", \"hostname\": \"compute-fsn1-7\"}", "1.12");

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("machine:\n  kubelet:\n    extraArgs:\n      provider-id: \"hetzner-robot://7\"\n  type: worker\n  token: •••\n", output, StringComparison.Ordinal);
        Assert.Contains("+   kubelet:\n", output, StringComparison.Ordinal);
        Assert.Contains("# placed machine.kubelet.extraArgs.provider-id = hetzner-robot://7 (known from the hardware)\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fact_that_the_template_says_already_is_shown_as_kept()
    {
        var (_, output, _) = Render(Configuration + "  nodeLabels: {a: ours}\n", "{\"nodeLabels\": {\"a\": \"theirs\"}}", "1.11");

        Assert.Contains("# What changed\n# nothing\n", output, StringComparison.Ordinal);
        Assert.Contains("# kept   machine.nodeLabels.a = ours", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Configuration, "{}", "latest", "--talos wants a version such as 1.12, not latest.")]
    [InlineData(Configuration, "{}", "1.8", "machine.yaml: Talos 1.8 is not known to CAPHR, which places facts for 1.9 to 1.14.")]
    [InlineData(Configuration, "{\"hostnane\": 1}", "1.12", "facts.json: The facts cannot be read: look at $.hostnane in line 1, where something is missing, unknown or of the wrong type.")]
    [InlineData("a: [", "{}", "1.12", "machine.yaml: The configuration is no YAML (line 2, column 1).")]
    [InlineData(Configuration, "{\"dataVolumes\": [{\"name\": \"ceph\", \"minSize\": \"1GiB\"}]}", "1.12", "machine.yaml: RawVolumeConfig/ceph cannot be placed: the name contains \"ceph\", and Ceph's own tools would pass such a partition over.")]
    public void Bad_input_is_answered_with_one_sentence(string configuration, string facts, string talos, string sentence)
    {
        var (exit, output, error) = Render(configuration, facts, talos);

        Assert.Equal((1, ""), (exit, output));
        Assert.Equal(sentence, error.TrimEnd().Replace(_folder.File("x")[..^1], "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var (exit, _, error) = Run(_folder.File("none.yaml"), _folder.File("facts.json"), "1.12");

        Assert.Equal((1, $"There is no file {_folder.File("none.yaml")}."), (exit, error.TrimEnd()));
    }

    public void Dispose() => _folder.Delete();

    private (int Exit, string Output, string Error) Render(string configuration, string facts, string talos)
    {
        var (file, factsFile) = (_folder.File("machine.yaml"), _folder.File("facts.json"));
        File.WriteAllText(file, configuration);
        File.WriteAllText(factsFile, facts);
        return Run(file, factsFile, talos);
    }

    private static (int Exit, string Output, string Error) Run(string file, string facts, string talos)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var root = new RootCommand { ConfigCommand.Create(Diagnostics.DeskUnderTest.Clock) };
        var exit = root.Parse(["config", "render", "-f", file, "--facts", facts, "--talos", talos]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }
}
