using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Protocols.Rescue;

/// <summary>What a command left behind. <see cref="ExitStatus"/> is null when a signal ended it.</summary>
public sealed record CommandResult(int? ExitStatus, ReadOnlyMemory<byte> Output, string ErrorOutput);

/// <summary>A shell over SSH.</summary>
internal sealed class SshConnection(SshPipe pipe, HostKey hostKey) : IRescueShell
{
    // Left to the collector: whoever still waits for a turn at the end gets it, and is told that the connection is closed.
#pragma warning disable CA2213
    private readonly SemaphoreSlim _turn = new(1);
#pragma warning restore CA2213
    private bool _closed;

    public HostKey HostKey { get; } = hostKey;

    public async Task<Outcome<CommandResult, RescueFailure>> ExecuteAsync(
        string command, ReadOnlyMemory<byte> input, int maximumOutput, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        var whole = false;
        try
        {
            if (_closed) return Lost("it was closed before.");
            using var channel = SshChannelHandle.New(pipe.Session);
            var outcome = await new SshExec(pipe, channel, maximumOutput).RunAsync(command, input, cancellation);
            whole = outcome.Succeeded;
            return outcome;
        }
        finally
        {
            // A conversation broken off in the middle cannot be trusted to be at the start of the next one.
            if (!whole) Close();
            _turn.Release();
        }
    }

    /// <summary>Waits for the command in progress; cancel that first to be quick.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        Close();
        _turn.Release();
    }

    internal static RescueFailure Lost(string why) => new(RescueError.ConnectionLost, $"The connection is gone: {why}");

    private void Close()
    {
        if (_closed) return;
        _closed = true;
        pipe.Dispose();
    }
}
