using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Robot;
using Caphr.Lab.World;
using Caphr.Protocols.Robot;

namespace Caphr.Conformance.Robot;

/// <summary>
/// The Robot that is held to what CAPHR relies on: the one that ROBOT_URL names, with ROBOT_USER and ROBOT_PASSWORD, or else a Lab. Every path is read once,
/// because the account's quotas belong to whoever lends it.
/// </summary>
public sealed class RobotTarget : IAsyncLifetime
{
    private static readonly TimeProvider s_clock = new RealTime();

    private readonly ConcurrentDictionary<string, Lazy<Task<RobotExchange>>> _read = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private LabRobot? _lab;
    private RobotClient? _client;

    public static bool IsLab => Setting("ROBOT_URL") is null;

    /// <summary>Whether something may be changed: always in a Lab, and elsewhere only where it was asked for, with a server to change.</summary>
    public static bool MayWrite => IsLab || (Setting("ROBOT_WRITES") == "1" && Setting("ROBOT_SERVER") is not null);

    public RobotClient Client => _client!;

    /// <summary>The same, for a case that changes something: whoever runs it has asked for that.</summary>
    public RobotClient Writer => MayWrite ? Client : throw new InvalidOperationException("This case changes something in Robot: say WRITES=1 and SERVER=n, or leave it out.");

    public async Task InitializeAsync()
    {
        var options = new LabRobotOptions();
        var (user, password) = (Setting("ROBOT_USER") ?? options.User, Setting("ROBOT_PASSWORD") ?? options.Password);
        Uri address;
        if (Setting("ROBOT_URL") is { } url)
        {
            address = new Uri(url);
        }
        else
        {
            _lab = new LabRobot(new LabWorld(new WorldOptions { Servers = 3 }, s_clock), options);
            await _lab.StartAsync(default);
            address = _lab.BaseAddress;
        }

        _http.BaseAddress = address;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        _client = new RobotClient(new RobotClientOptions { BaseAddress = address }, new RobotCredentials(user, password), s_clock);
        // A Lab has no key before somebody stores one.
        if (IsLab) await Client.CreateKey("conformance", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKkOWqTVMPVPdJ3t8FbxuBqgFQ0tbVGhqXM3Z9zCPuAl", default);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        _http.Dispose();
        if (_lab is not null) await _lab.DisposeAsync();
    }

    /// <summary>What a path answers; the path may hold {server} and {ip}, of the server that the tests look at.</summary>
    public async Task<RobotExchange> ReadAsync(string template)
    {
        var path = template;
        if (template.Contains('{', StringComparison.Ordinal))
        {
            path = template.Replace("{server}", (await ServerAsync()).Number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
            if (path.Contains("{ip}", StringComparison.Ordinal)) path = path.Replace("{ip}", (await AddressAsync()).ToString(), StringComparison.Ordinal);
        }

        return await _read.GetOrAdd(path, asked => new Lazy<Task<RobotExchange>>(() => GetAsync(asked))).Value;
    }

    /// <summary>The server that was named, or the first of the account.</summary>
    public async Task<RobotServer> ServerAsync()
    {
        var listed = (await ReadAsync("/server")).Body!.AsArray().Select(item => item!["server"]!).ToList();
        // One without an IPv4 address cannot show all that is asked.
        var number = Setting("ROBOT_SERVER") is { } named
            ? int.Parse(named, System.Globalization.CultureInfo.InvariantCulture)
            : (int)(listed.Find(server => server["server_ip"] is not null) ?? listed[0])["server_number"]!;
        var single = (await GetServerAsync(number)).Body!["server"]!;
        return new RobotServer
        {
            Number = number,
            Name = (string)single["server_name"]!,
            Product = "",
            Datacenter = "",
            Ipv4 = System.Net.IPAddress.TryParse((string?)single["server_ip"], out var ip) ? ip : null,
        };
    }

    /// <summary>The IPv4 address of that server. Without one a case about addresses has nothing to ask, and fails rather than passes.</summary>
    public async Task<System.Net.IPAddress> AddressAsync()
    {
        var server = await ServerAsync();
        return server.Ipv4 ?? throw new InvalidOperationException($"Server {server.Number} has no IPv4 address, so this case cannot be asked: name one that has, with SERVER=n.");
    }

    private Task<RobotExchange> GetServerAsync(int number)
    {
        var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/server/{number}");
        return _read.GetOrAdd(path, asked => new Lazy<Task<RobotExchange>>(() => GetAsync(asked))).Value;
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private async Task<RobotExchange> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        return new RobotExchange((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private sealed class RealTime : TimeProvider;
}

public sealed record RobotExchange(int Status, string? ContentType, JsonNode? Body)
{
    public string? Code => (string?)(Body as JsonObject)?["error"]?["code"];
}
