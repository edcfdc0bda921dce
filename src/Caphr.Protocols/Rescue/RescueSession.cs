using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Protocols.Rescue;

/// <summary>
/// A logged-in conversation with one rescue system. Commands run one after the other. Every verb may be repeated, on this session or on a
/// new one, after an answer that was lost: the agent on the server does nothing twice.
/// </summary>
public sealed class RescueSession : IAsyncDisposable
{
    private readonly RescueEndpoint _endpoint;
    private readonly IRescueShell _connection;
    private readonly RescueConnectorOptions _options;
    private readonly TimeProvider _time;

    public RescueSession(RescueEndpoint endpoint, IRescueShell connection, RescueConnectorOptions options, TimeProvider time)
    {
        _endpoint = endpoint;
        _connection = connection;
        _options = options;
        _time = time;
    }

    /// <summary>The key the host proved to own: what to pin for the rest of this boot.</summary>
    public HostKey HostKey => _connection.HostKey;

    /// <summary>Where are we? Changes nothing.</summary>
    public Task<Outcome<RescueProof, RescueFailure>> ProveAsync(CancellationToken cancellation) =>
        AskAsync("prove", new EmptyRequest(), AgentJson.Default.EmptyRequest, AgentJson.Default.RescueProof, cancellation);

    /// <summary>What is the server made of? Changes nothing.</summary>
    public Task<Outcome<ServerInventory, RescueFailure>> InspectAsync(CancellationToken cancellation) =>
        AskAsync("inspect", new EmptyRequest(), AgentJson.Default.EmptyRequest, AgentJson.Default.ServerInventory, cancellation);

    /// <summary>
    /// Starts writing an image, detached: it goes on without this session. An attempt that was started before is not started again;
    /// the answer is then its state.
    /// </summary>
    public Task<Outcome<InstallStatus, RescueFailure>> StartInstallAsync(InstallRequest request, CancellationToken cancellation) =>
        AskAsync("install", request, AgentJson.Default.InstallRequest, AgentJson.Default.InstallStatus, cancellation);

    public Task<Outcome<InstallStatus, RescueFailure>> InstallStatusAsync(string attempt, CancellationToken cancellation) =>
        AskAsync("status", new StatusRequest(attempt), AgentJson.Default.StatusRequest, AgentJson.Default.InstallStatus, cancellation);

    /// <summary>Makes one disk blank and looks again before it says so.</summary>
    public Task<Outcome<WipeReport, RescueFailure>> WipeAsync(WipeRequest request, CancellationToken cancellation) =>
        AskAsync("wipe", request, AgentJson.Default.WipeRequest, AgentJson.Default.WipeReport, cancellation, _options.WipeTimeout);

    /// <summary>Begins to overwrite every byte of one disk, detached, or tells how far an attempt that was begun before has come.</summary>
    public Task<Outcome<FullWipeStatus, RescueFailure>> WipeFullyAsync(FullWipeRequest request, CancellationToken cancellation) =>
        AskAsync("wipe", request, AgentJson.Default.FullWipeRequest, AgentJson.Default.FullWipeStatus, cancellation);

    /// <summary>Leaves files, or the content of partitions, on an installed disk.</summary>
    public Task<Outcome<SeedReport, RescueFailure>> SeedAsync(SeedRequest request, CancellationToken cancellation) =>
        AskAsync("seed", request, AgentJson.Default.SeedRequest, AgentJson.Default.SeedReport, cancellation);

    /// <summary>Puts the firmware's boot entries right, which <see cref="BootAsync"/> otherwise does as well as it can.</summary>
    public Task<Outcome<FirmwareReport, RescueFailure>> OrderBootAsync(FirmwareRequest request, CancellationToken cancellation) =>
        AskAsync("efi", request, AgentJson.Default.FirmwareRequest, AgentJson.Default.FirmwareReport, cancellation);

    /// <summary>Leaves the rescue system a moment after the answer. This session ends with it.</summary>
    public Task<Outcome<BootReport, RescueFailure>> BootAsync(BootRequest request, CancellationToken cancellation) =>
        AskAsync("boot", request, AgentJson.Default.BootRequest, AgentJson.Default.BootReport, cancellation);

    /// <summary>Runs a command of the caller's; for diagnosis, and for holding other servers against the same expectations.</summary>
    public Task<Outcome<CommandResult, RescueFailure>> ExecuteAsync(string command, ReadOnlyMemory<byte> input, CancellationToken cancellation) =>
        ExecuteAsync(command, input, _options.CommandTimeout, cancellation);

    /// <summary>Hangs up. What was started detached goes on.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<Outcome<TAnswer, RescueFailure>> AskAsync<TRequest, TAnswer>(
        string verb, TRequest request, JsonTypeInfo<TRequest> requestShape, JsonTypeInfo<TAnswer> answerShape, CancellationToken cancellation, TimeSpan? limit = null)
        where TAnswer : class
    {
        var input = JsonSerializer.SerializeToUtf8Bytes(request, requestShape);
        var outcome = await RunAgentAsync(verb, input, limit ?? _options.CommandTimeout, cancellation);
        return outcome.TryGet(out var result, out var failure) ? AgentAnswer.Read(verb, result, answerShape) : failure;
    }

    /// <summary>Expects the agent to be there, and brings it when it is not: that is once in a boot.</summary>
    private async Task<Outcome<CommandResult, RescueFailure>> RunAgentAsync(string verb, byte[] input, TimeSpan limit, CancellationToken cancellation)
    {
        var command = AgentScript.Command(verb);
        var first = await ExecuteAsync(command, input, limit, cancellation);
        if (!first.Succeeded || first.Value.ExitStatus != AgentScript.MissingStatus) return first;

        var upload = await ExecuteAsync(AgentScript.UploadCommand, AgentScript.Text, _options.CommandTimeout, cancellation);
        if (!upload.TryGet(out var stored, out var failure)) return failure;
        if (stored.ExitStatus != 0) return new RescueFailure(RescueError.CommandFailed, $"The agent could not be stored: {stored.ErrorOutput}");
        return await ExecuteAsync(command, input, limit, cancellation);
    }

    private async Task<Outcome<CommandResult, RescueFailure>> ExecuteAsync(
        string command, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = new Deadline(timeout, _time, cancellation);
        try
        {
            return await _connection.ExecuteAsync(command, input, _options.MaximumAnswerBytes, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            return new RescueFailure(RescueError.CommandTimedOut, $"{_endpoint} gave no answer within {timeout.TotalSeconds:0.#} s.");
        }
    }
}
