using Caphr.Host.Configuration;
using Caphr.Host.Tests.Diagnostics;
using Caphr.Host.Tests.Journals;

namespace Caphr.Host.Tests.Configuration;

public sealed class HostConfigurationTests : IDisposable
{
    private const string Password = "Host=db;Password=open sesame";

    private readonly TemporaryDirectory _folder = new();

    private string WriteFile(string text)
    {
        File.WriteAllText(_folder.File("caphr.yaml"), text);
        return _folder.File("caphr.yaml");
    }

    private static Protocols.Outcome<HostConfiguration, ConfigurationFailure> Read(string? file = null, Dictionary<string, string>? environment = null, params (Setting Setting, string Value)[] flags) =>
        HostConfiguration.Read(setting => flags.FirstOrDefault(flag => flag.Setting == setting).Value, file, environment ?? []);

    private string PlaceOf(Setting setting, Protocols.Outcome<HostConfiguration, ConfigurationFailure> read) =>
        read.Value.Shown.Single(one => one.Setting == setting) is var (_, value, place) ? $"{value} from {place.Replace(Path.GetDirectoryName(_folder.File("x")) + "/", "", StringComparison.Ordinal)}" : "";

    [Fact]
    public void A_flag_counts_before_the_environment_that_before_the_file_and_that_before_the_default()
    {
        var file = WriteFile("# ours\nlease-seconds: 30 # long\n");
        Dictionary<string, string> environment = new() { ["CAPHR_LEASE_SECONDS"] = "40" };

        Assert.Equal("15 from default", PlaceOf(Settings.LeaseSeconds, Read()));
        Assert.Equal("30 from caphr.yaml:2", PlaceOf(Settings.LeaseSeconds, Read(file)));
        Assert.Equal("40 from CAPHR_LEASE_SECONDS", PlaceOf(Settings.LeaseSeconds, Read(file, environment)));
        Assert.Equal("50 from --lease-seconds", PlaceOf(Settings.LeaseSeconds, Read(file, environment, (Settings.LeaseSeconds, "50"))));
        Assert.Equal(TimeSpan.FromSeconds(50), Read(file, environment, (Settings.LeaseSeconds, "50")).Value.Options("me").Lease);
    }

    [Fact]
    public void The_environment_may_name_the_file()
    {
        var file = WriteFile("watch-filter: 'metal'\n");
        Assert.Equal("metal", Read(environment: new() { ["CAPHR_CONFIG"] = file }).Value.Options("me").WatchFilter);
    }

    [Theory]
    [InlineData("lease-second: 30", "caphr.yaml:1: there is no setting 'lease-second'. Is lease-seconds meant?")]
    [InlineData("colour: red", "caphr.yaml:1: there is no setting 'colour'; docs/configuration.md lists all.")]
    [InlineData("lease-seconds: 2", "caphr.yaml:1: lease-seconds wants a number from 3 to 300, not '2'.")]
    [InlineData("robot-reserve: 91", "caphr.yaml:1: robot-reserve wants a number from 0 to 90, not '91'.")]
    [InlineData("log-format: xml", "caphr.yaml:1: log-format wants console or json, not 'xml'.")]
    [InlineData("verbose: yes", "caphr.yaml:1: verbose wants true or false, not 'yes'.")]
    [InlineData("robot-url: robot", "caphr.yaml:1: robot-url wants a URL such as https://robot-ws.your-server.de, not 'robot'.")]
    [InlineData("otlp-endpoint: collector:4318", "caphr.yaml:1: otlp-endpoint wants a URL such as http://collector.monitoring:4318, not 'collector:4318'.")]
    [InlineData("otlp-endpoint: http://me:sesame@collector", "caphr.yaml:1: otlp-endpoint wants a URL such as http://collector.monitoring:4318, without a name or a password in it.")]
    [InlineData("otlp-headers: a=sesame", "caphr.yaml:1: a secret does not belong here. Name a file with otlp-headers-file, or set CAPHR_OTLP_HEADERS.")]
    [InlineData("otlp-percent: 0", "caphr.yaml:1: otlp-percent wants a number from 1 to 100, not '0'.")]
    [InlineData("\nrobot:\n  url: x", "caphr.yaml:2: there is no setting 'robot'; docs/configuration.md lists all.")]
    [InlineData("data-dir: /a\n  nested: b", "caphr.yaml:2: a line is `key: value`, and nothing is nested.")]
    [InlineData("data-dir /a", "caphr.yaml:1: a line is `key: value`, and nothing is nested.")]
    [InlineData("data-dir: /a\ndata-dir: /b", "caphr.yaml:2: data-dir was said at caphr.yaml:1 already.")]
    [InlineData("data-dir: \"/a", "caphr.yaml:1: the quotes around the value of data-dir do not end.")]
    [InlineData("data-dir:", "caphr.yaml:1: data-dir wants a value, and has an empty one.")]
    public void What_a_file_says_wrongly_is_refused_with_its_line(string text, string sentence) =>
        Assert.Equal(sentence, Read(WriteFile(text)).Failure?.Message.Replace(Path.GetDirectoryName(_folder.File("x")) + "/", "", StringComparison.Ordinal));

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Assert.Equal(ConfigurationError.Unreadable, Read(_folder.File("nowhere")).Failure?.Error);

    [Fact]
    public void In_the_environment_a_near_miss_is_refused_and_what_is_somebody_elses_is_not()
    {
        Assert.Equal(
            "There is no setting CAPHR_LEASE_SECOND in the environment. Is CAPHR_LEASE_SECONDS meant?", Read(environment: new() { ["CAPHR_LEASE_SECOND"] = "9" }).Failure?.Message);
        // What Kubernetes sets for a Service of our name.
        Assert.True(Read(environment: new() { ["CAPHR_PORT_8081_TCP_ADDR"] = "10.0.0.1", ["CAPHR_SERVICE_HOST"] = "10.0.0.1" }).Succeeded);
    }

    [Fact]
    public async Task A_secret_is_taken_from_the_environment_only_and_shown_nowhere()
    {
        var read = Read(environment: new() { ["CAPHR_POSTGRES"] = Password });
        Assert.Equal(Password, read.Value.Options("me").Postgres?.Reveal());
        Assert.Equal("(set, not shown) from CAPHR_POSTGRES", PlaceOf(Settings.Postgres, read));
        Assert.DoesNotContain("sesame", read.Value.Options("me").ToString(), StringComparison.Ordinal);

        var refused = Read(WriteFile($"postgres: {Password}")).Failure!.Message;
        Assert.Contains("a secret does not belong here", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", Read(WriteFile($"{Password} and more")).Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--postgres ", (await DeskUnderTest.RunAsync("run", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_have_a_name_for_is_understood_by_it_and_ours_counts_first()
    {
        Dictionary<string, string> standard = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://theirs:4318", ["OTEL_EXPORTER_OTLP_HEADERS"] = "a=sesame" };
        var read = Read(environment: standard);
        Assert.Equal("http://theirs:4318 from OTEL_EXPORTER_OTLP_ENDPOINT", PlaceOf(Settings.OtlpEndpoint, read));
        Assert.Equal("(set, not shown) from OTEL_EXPORTER_OTLP_HEADERS", PlaceOf(Settings.OtlpHeaders, read));
        Assert.Equal((new Uri("http://theirs:4318"), "a=sesame"), (read.Value.Options("me").Collector!.Endpoint, read.Value.Options("me").Collector!.Headers!.Reveal()));

        Assert.Equal("http://ours from CAPHR_OTLP_ENDPOINT", PlaceOf(Settings.OtlpEndpoint, Read(environment: new(standard) { ["CAPHR_OTLP_ENDPOINT"] = "http://ours" })));
        Assert.Equal(
            "OTEL_EXPORTER_OTLP_ENDPOINT wants a URL such as http://collector.monitoring:4318, not 'theirs'.", Read(environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "theirs" }).Failure?.Message);
        Assert.Null(Read(environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "" }).Value.Options("me").Collector);
    }

    [Fact]
    public void The_socket_is_in_the_data_directory_unless_it_is_said()
    {
        Assert.Equal("/x/run/caphr.sock", Read(flags: (Settings.DataDir, "/x")).Value.Options("me").Socket);
        Assert.Equal("/run/caphr/caphr.sock", Read(environment: new() { ["CAPHR_SOCKET"] = "/run/caphr/caphr.sock" }).Value.SocketPath);
    }

    [Fact]
    public async Task What_counts_is_printed_with_its_place()
    {
        var (exit, output, _) = await DeskUnderTest.RunAsync("config", "print", "--config", WriteFile("talos-port: 50001"), "--verbose");
        Assert.Equal(0, exit);
        Assert.Matches(@"(?m)^talos-port +50001 +\S+caphr.yaml:1$", output);
        Assert.Matches(@"(?m)^verbose +true +--verbose$", output);
        Assert.Matches(@"(?m)^rescue-port +22 +default$", output);
    }

    [Fact]
    public async Task A_wrong_flag_is_refused_with_the_same_words_as_a_wrong_line()
    {
        var (exit, _, error) = await DeskUnderTest.RunAsync("config", "print", "--lease-seconds", "2");
        Assert.Equal(1, exit);
        Assert.StartsWith("--lease-seconds wants a number from 3 to 300, not '2'.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_and_the_help_tell_every_setting()
    {
        var page = Checkout.PathOf("docs", "configuration.md");
        if (Environment.GetEnvironmentVariable("CAPHR_WRITE_DOCS") == "1") await File.WriteAllTextAsync(page, ConfigurationPage.Write());
        Assert.True(ConfigurationPage.Write() == await File.ReadAllTextAsync(page), "docs/configuration.md is not what the settings say: run this test once with CAPHR_WRITE_DOCS=1, and commit.");

        var help = (await DeskUnderTest.RunAsync("run", "--help")).Output;
        Assert.All(Settings.All.Where(setting => !setting.IsSecret), setting => Assert.Contains($"[{setting.Variable}]", string.Join(' ', help.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Delete();
}
