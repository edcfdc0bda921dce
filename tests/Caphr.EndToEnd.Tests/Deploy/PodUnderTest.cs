using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caphr.EndToEnd.Tests.Provisioning;

namespace Caphr.EndToEnd.Tests.Deploy;

/// <summary>
/// One pod of a StatefulSet as a local process: its very arguments and environment, in which only addresses are others, and what it mounts is a folder here.
/// </summary>
internal sealed partial class PodUnderTest : IDisposable
{
    private readonly JsonNode _container;
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string> _addresses;
    private ControllerUnderTest? _process;

    /// <param name="addresses">What stands in the cluster's own network for a real pod, by the name of the setting's variable.</param>
    public PodUnderTest(JsonNode container, string name, string folder, IReadOnlyDictionary<string, string> addresses)
    {
        (_container, Name, _folder, _addresses) = (container, name, Path.Combine(folder, name), addresses);
        foreach (var mount in Mounts) Directory.CreateDirectory(Local(mount));
    }

    public string Name { get; }

    public Probe Probe { get; } = new();

    public IReadOnlyList<string> Log => [.. _past, .. _process?.Log ?? []];

    public async Task<bool> IsReadyAsync() => _process is { HasEnded: false } && await Probe.IsReadyAsync();

    private readonly List<string> _past = [];

    private IEnumerable<string> Mounts => _container["volumeMounts"]!.AsArray().Select(mount => (string)mount!["mountPath"]!);

    /// <summary>The file behind a path that the pod mounts.</summary>
    public string Local(string path) => Mounts.Any(mount => path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal)) ? _folder + path : path;

    public void Start()
    {
        var environment = _container["env"]!.AsArray().ToDictionary(
            variable => (string)variable!["name"]!,
            variable => variable!["valueFrom"] is { } from ? FromField((string)from["fieldRef"]!["fieldPath"]!) : Local((string)variable["value"]!));
        var arguments = _container["args"]!.AsArray().Select(argument => Reference().Replace((string)argument!, reference => environment[reference.Groups[1].Value])).Select(Here).ToList();
        _process = ControllerUnderTest.StartAs(arguments, environment.Concat(_addresses).ToDictionary());
    }

    /// <summary>As a kubelet ends a pod. What it ended with.</summary>
    public async Task<int> StopAsync()
    {
        var exit = await _process!.StopAsync();
        _past.AddRange(_process.Log);
        _process.Dispose();
        _process = null;
        return exit;
    }

    public void Dispose()
    {
        _process?.Dispose();
        Probe.Dispose();
    }

    private string FromField(string path) => path == "metadata.name" ? Name : throw new InvalidOperationException($"The pod asks for {path}, which is not played here.");

    /// <summary>Three processes of one machine cannot share a port, and none has the pod's file system.</summary>
    private string Here(string argument) => argument.Split('=', 2) switch
    {
        ["--health-port", _] => $"--health-port={Probe.Port}",
        [var flag, var value] => $"{flag}={Local(value)}",
        _ => argument,
    };

    [GeneratedRegex(@"\$\(([A-Z_]+)\)")]
    private static partial Regex Reference();
}
