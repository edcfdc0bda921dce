using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.World;
using Caphr.Protocols.Robot;

namespace Caphr.Lab.Robot;

/// <summary>The account's public keys, told apart by their material alone.</summary>
internal sealed class KeyEndpoints(LabTime time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredKey> _keys = [];

    public IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/key", 500, _ => List()),
        new(HttpMethod.Get, "/key/{fingerprint}", 500, arguments => OnKey(arguments, key => RobotReply.Ok(Envelope(key.Full())))),
        new(HttpMethod.Post, "/key", 200, Create),
        new(HttpMethod.Post, "/key/{fingerprint}", 200, Rename),
        new(HttpMethod.Delete, "/key/{fingerprint}", 200, Delete),
    ];

    public StoredKey? Find(string fingerprint)
    {
        lock (_gate) return _keys.GetValueOrDefault(fingerprint);
    }

    private static JsonObject Envelope(JsonObject key) => new() { ["key"] = key };

    private RobotReply List()
    {
        lock (_gate)
        {
            return _keys.Count == 0
                ? RobotReply.Error(404, "NOT_FOUND", "no keys found")
                : RobotReply.Ok(new JsonArray([.. _keys.Values.Select(key => Envelope(key.Full()))]));
        }
    }

    private RobotReply Create(RobotArguments arguments)
    {
        string[] missing = [.. ((string[])["name", "data"]).Where(field => arguments.Form[field].ToString().Length == 0)];
        if (missing.Length > 0) return RobotReply.Invalid(missing: missing);
        var data = arguments.Form["data"].ToString();
        if (SshKeyFingerprint.OfOpenSsh(data) is not { } fingerprint) return RobotReply.Invalid(invalid: ["data"]);
        var key = new StoredKey(arguments.Form["name"].ToString(), fingerprint, data.Trim(), time.Now);
        lock (_gate)
        {
            return _keys.TryAdd(fingerprint, key)
                ? RobotReply.Created(Envelope(key.Full()))
                : RobotReply.Error(409, "KEY_ALREADY_EXISTS", "the supplied key already exists");
        }
    }

    private RobotReply Rename(RobotArguments arguments) => OnKey(arguments, key =>
    {
        var name = arguments.Form["name"].ToString();
        if (name.Length == 0) return RobotReply.Invalid(missing: ["name"]);
        lock (_gate) _keys[key.Fingerprint] = key with { Name = name };
        return RobotReply.Ok(Envelope((key with { Name = name }).Full()));
    });

    private RobotReply Delete(RobotArguments arguments) => OnKey(arguments, key =>
    {
        lock (_gate) _keys.Remove(key.Fingerprint);
        return RobotReply.Nothing(200);
    });

    private RobotReply OnKey(RobotArguments arguments, Func<StoredKey, RobotReply> answer) =>
        Find(arguments.Path("fingerprint")) is { } key ? answer(key) : RobotReply.Error(404, "NOT_FOUND", "key not found");

    internal sealed record StoredKey(string Name, string Fingerprint, string Data, DateTimeOffset CreatedAt)
    {
        private string Type => Data.Split(' ')[0] switch
        {
            "ssh-rsa" => "RSA",
            "ssh-ed25519" => "ED25519",
            _ => "ECDSA",
        };

        /// <summary>As it appears within a rescue order.</summary>
        public JsonObject Short() => new() { ["name"] = Name, ["fingerprint"] = Fingerprint, ["type"] = Type, ["size"] = Type == "RSA" ? 4096 : 256 };

        public JsonObject Full()
        {
            var json = Short();
            json["data"] = Data;
            json["created_at"] = CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            return json;
        }
    }
}
