namespace Caphr.Protocols.Rescue;

/// <summary>A logged-in connection that runs one command at a time. After a failure or a cancellation in mid-command it is closed.</summary>
public interface IRescueShell : IAsyncDisposable
{
    HostKey HostKey { get; }

    Task<Outcome<CommandResult, RescueFailure>> ExecuteAsync(string command, ReadOnlyMemory<byte> input, int maximumOutput, CancellationToken cancellation);
}
