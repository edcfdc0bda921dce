using System.Globalization;
using System.Text.Json;

namespace Caphr.Protocols.Robot;

/// <summary>
/// The Robot web service. Every method is one call, a write is sent at most once, and all end with a value or a <see cref="RobotFailure"/>;
/// only cancellation throws. Budgets, caches and retries belong to the caller. Safe for concurrent use.
/// </summary>
public sealed partial class RobotClient(RobotClientOptions options, RobotCredentials credentials, TimeProvider clock, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly RobotTransport _transport = new(options, credentials, clock, handler);

    public void Dispose() => _transport.Dispose();

    public async Task<Outcome<IReadOnlyList<RobotServer>, RobotFailure>> ListServers(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/server"), "server", RobotServer.Read, cancellation));

    public Task<Outcome<RobotServer, RobotFailure>> GetServer(int server, CancellationToken cancellation) =>
        One(RobotCall.Get("/server/{server}", $"/server/{Number(server)}"), "server", RobotServer.Read, cancellation);

    /// <summary>Renames a server in Robot, which nothing but people's eyes depends on.</summary>
    public Task<Outcome<RobotServer, RobotFailure>> RenameServer(int server, string name, CancellationToken cancellation) =>
        One(new RobotCall(HttpMethod.Post, "/server/{server}", $"/server/{Number(server)}", [new("server_name", name)]), "server", RobotServer.Read, cancellation);

    public async Task<Outcome<IReadOnlyList<RobotReset>, RobotFailure>> ListResets(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/reset"), "reset", RobotReset.Read, cancellation));

    public Task<Outcome<RobotReset, RobotFailure>> GetReset(int server, CancellationToken cancellation) =>
        One(RobotCall.Get("/reset/{server}", $"/reset/{Number(server)}"), "reset", RobotReset.Read, cancellation);

    /// <summary>Presses a button. After <see cref="RetryClass.Unknown"/> it may have been pressed: look before pressing again.</summary>
    public Task<Outcome<Done, RobotFailure>> Reset(int server, ResetType type, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Post, "/reset/{server}", $"/reset/{Number(server)}", [new("type", RobotReset.Word(type))]), cancellation);

    /// <summary>Sends a magic packet: starts a server that is off and listens for it. That it was sent does not say that it was heard.</summary>
    public Task<Outcome<Done, RobotFailure>> WakeOnLan(int server, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Post, "/wol/{server}", $"/wol/{Number(server)}"), cancellation);

    public Task<Outcome<RobotRescue, RobotFailure>> GetRescue(int server, CancellationToken cancellation) =>
        One(RobotCall.Get("/boot/{server}/rescue", $"/boot/{Number(server)}/rescue"), "rescue", RobotRescue.Read, cancellation);

    /// <summary>
    /// Orders the rescue system for the next network boot. The keys must be stored in the account. What Robot does when an order is
    /// already active is not specified, so look first and deactivate an order with other keys.
    /// </summary>
    public Task<Outcome<RobotRescue, RobotFailure>> ActivateRescue(int server, IReadOnlyList<string> fingerprints, CancellationToken cancellation)
    {
        KeyValuePair<string, string>[] form = [new("os", "linux"), .. fingerprints.Select(key => KeyValuePair.Create("authorized_key[]", key))];
        return One(new RobotCall(HttpMethod.Post, "/boot/{server}/rescue", $"/boot/{Number(server)}/rescue", form), "rescue", RobotRescue.Read, cancellation);
    }

    public Task<Outcome<Done, RobotFailure>> DeactivateRescue(int server, CancellationToken cancellation) =>
        Change(new RobotCall(HttpMethod.Delete, "/boot/{server}/rescue", $"/boot/{Number(server)}/rescue"), cancellation);

    /// <summary>The last order that was given, whatever became of it. Its password is not told any more.</summary>
    public Task<Outcome<RobotRescue, RobotFailure>> GetLastRescue(int server, CancellationToken cancellation) =>
        One(RobotCall.Get("/boot/{server}/rescue/last", $"/boot/{Number(server)}/rescue/last"), "rescue", RobotRescue.Read, cancellation);

    public async Task<Outcome<IReadOnlyList<RobotKey>, RobotFailure>> ListKeys(CancellationToken cancellation) =>
        EmptyIfNone(await List(RobotCall.Get("/key"), "key", RobotKey.Read, cancellation));

    /// <returns>Null when the account does not hold the key.</returns>
    public async Task<Outcome<RobotKey?, RobotFailure>> FindKey(string fingerprint, CancellationToken cancellation)
    {
        var call = RobotCall.Get("/key/{fingerprint}", $"/key/{Uri.EscapeDataString(fingerprint)}");
        return NullIfNone(await One(call, "key", RobotKey.Read, cancellation));
    }

    /// <summary>Stores a public key. That it is stored already, under whatever name, is success.</summary>
    public async Task<Outcome<Done, RobotFailure>> CreateKey(string name, string openSshPublicKey, CancellationToken cancellation)
    {
        var call = new RobotCall(HttpMethod.Post, "/key", "/key", [new("name", name), new("data", openSshPublicKey)]);
        var created = await Change(call, cancellation);
        return created.Failure is { Code: "KEY_ALREADY_EXISTS" } ? new Done() : created;
    }

    public async Task<Outcome<Done, RobotFailure>> DeleteKey(string fingerprint, CancellationToken cancellation) =>
        DoneIfGone(await Change(new RobotCall(HttpMethod.Delete, "/key/{fingerprint}", $"/key/{Uri.EscapeDataString(fingerprint)}"), cancellation));

    private static string Number(int server) => server.ToString(CultureInfo.InvariantCulture);

    /// <summary>Some changes are answered with an empty body, so that one was accepted says all.</summary>
    private async Task<Outcome<Done, RobotFailure>> Change(RobotCall call, CancellationToken cancellation) => (await _transport.Send(call, cancellation)).Then(_ => new Done());

    private static Outcome<Done, RobotFailure> DoneIfGone(Outcome<Done, RobotFailure> deleted) => deleted.Failure is { Error: RobotError.NotFound } ? new Done() : deleted;

    private static Outcome<T?, RobotFailure> NullIfNone<T>(Outcome<T, RobotFailure> found)
        where T : class => found.Failure is { Error: RobotError.NotFound } ? Outcome<T?, RobotFailure>.Of(null) : found.Then<T?>(value => value);

    /// <summary>Robot answers 404 where an account has none of something.</summary>
    private static Outcome<IReadOnlyList<T>, RobotFailure> EmptyIfNone<T>(Outcome<IReadOnlyList<T>, RobotFailure> list) =>
        list.Failure is { Error: RobotError.ServerNotFound or RobotError.NotFound } ? Outcome<IReadOnlyList<T>, RobotFailure>.Of([]) : list;

    private async Task<Outcome<T, RobotFailure>> One<T>(RobotCall call, string? envelope, Func<JsonElement, T?> read, CancellationToken cancellation)
        where T : class
    {
        var answer = await _transport.Send(call, cancellation);
        return answer.TryGet(out var accepted, out var failure) ? accepted.One(envelope, read) : failure;
    }

    private async Task<Outcome<IReadOnlyList<T>, RobotFailure>> List<T>(
        RobotCall call, string? envelope, Func<JsonElement, T?> read, CancellationToken cancellation)
        where T : class
    {
        var answer = await _transport.Send(call, cancellation);
        return answer.TryGet(out var accepted, out var failure) ? accepted.Many(envelope, read) : failure;
    }
}
