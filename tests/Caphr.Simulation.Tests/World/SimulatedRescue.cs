using System.Buffers.Binary;
using System.Text;
using Caphr.Lab.Rescue;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols;
using Caphr.Protocols.Rescue;

namespace Caphr.Simulation.Tests.World;

/// <summary>The way of one process to port 22 of every server. What is said there is said by the real session to the Lab's real shells.</summary>
internal sealed class SimulatedRescue(LabWorld world, RescueSystems systems, Wire wire, Action<LabServer, string> sending) : IRescueDoor
{
    public Task<Outcome<RescueSession, RescueFailure>> ConnectAsync(RescueEndpoint endpoint, SshUserKey key, HostKeyPolicy policy, CancellationToken cancellation) =>
        wire.CallAsync(Link.Rescue, () => Connect(endpoint, key, policy), () => Failed<RescueSession>(RescueError.Unreachable), () => Failed<RescueSession>(RescueError.TimedOut), cancellation);

    private Task<Outcome<RescueSession, RescueFailure>> Connect(RescueEndpoint endpoint, SshUserKey key, HostKeyPolicy policy)
    {
        if (world.Find(endpoint.Address) is not { IsAttached: true } server) return Failed<RescueSession>(RescueError.TimedOut);
        var running = server.Running;
        if (running is not (RunningSystem.Rescue or RunningSystem.Linux)) return Failed<RescueSession>(RescueError.Refused);
        if (server.Faults.Contains(ServerFault.SshResets)) return Failed<RescueSession>(RescueError.Dropped);
        if (server.Faults.Contains(ServerFault.SshSilent)) return Failed<RescueSession>(RescueError.TimedOut);
        var hostKey = HostKeyOf(server, running);
        if (!policy.Accepts(hostKey)) return Failed<RescueSession>(RescueError.HostKeyChanged);
        var blob = Convert.FromBase64String(key.PublicKeyLine.Split(' ')[1]);
        if (running is not RunningSystem.Rescue rescue || !LetsIn(rescue, blob)) return Failed<RescueSession>(RescueError.AuthenticationRefused);
        return Task.FromResult<Outcome<RescueSession, RescueFailure>>(new RescueSession(endpoint, new Shell(this, server, running, hostKey, blob), new RescueConnectorOptions(), world.Time.Clock));
    }

    private static bool LetsIn(RunningSystem.Rescue rescue, byte[] blob) =>
        HostKey.FromBlob(blob) is var key && (rescue.Order.AuthorizedFingerprints.Any(key.HasFingerprint) || rescue.Order.AuthorizedKeys.Any(line => line.Contains(Convert.ToBase64String(blob), StringComparison.Ordinal)));

    /// <summary>New at every boot, and told by nothing but the boot.</summary>
    private static HostKey HostKeyOf(LabServer server, RunningSystem running)
    {
        var name = "ssh-ed25519"u8;
        var owner = Encoding.ASCII.GetBytes($"{server.Number} {(running as RunningSystem.Rescue)?.BootId ?? 0}");
        var blob = new byte[4 + name.Length + owner.Length];
        BinaryPrimitives.WriteInt32BigEndian(blob, name.Length);
        name.CopyTo(blob.AsSpan(4));
        owner.CopyTo(blob, 4 + name.Length);
        return HostKey.FromBlob(blob);
    }

    private static Task<Outcome<T, RescueFailure>> Failed<T>(RescueError error) => Task.FromResult<Outcome<T, RescueFailure>>(new RescueFailure(error, "In the simulation."));

    private sealed class Shell(SimulatedRescue door, LabServer server, RunningSystem boot, HostKey hostKey, byte[] key) : IRescueShell
    {
        private bool _closed;

        public HostKey HostKey => hostKey;

        public async Task<Outcome<CommandResult, RescueFailure>> ExecuteAsync(string command, ReadOnlyMemory<byte> input, int maximumOutput, CancellationToken cancellation)
        {
            if (_closed) return new RescueFailure(RescueError.ConnectionLost, "It was closed before.");
            door.OnSending(server, command);
            var ended = false;
            try
            {
                var outcome = await door.CallAsync(() => Run(command, input), cancellation);
                ended = outcome.Succeeded;
                return outcome;
            }
            finally
            {
                _closed = !ended;
            }
        }

        public ValueTask DisposeAsync()
        {
            _closed = true;
            return ValueTask.CompletedTask;
        }

        private Task<Outcome<CommandResult, RescueFailure>> Run(string command, ReadOnlyMemory<byte> input)
        {
            // A connection ends with the boot it was made to.
            if (!ReferenceEquals(server.Running, boot)) return Failed<CommandResult>(RescueError.ConnectionLost);
            return door.Systems.Run(server, key, command, input.Span) switch
            {
                RescueAnswer.Ended answer => Task.FromResult<Outcome<CommandResult, RescueFailure>>(new CommandResult(answer.Status, answer.Output, answer.Complaint)),
                RescueAnswer.Silent => new TaskCompletionSource<Outcome<CommandResult, RescueFailure>>().Task,
                _ => Failed<CommandResult>(RescueError.ConnectionLost),
            };
        }
    }

    private RescueSystems Systems => systems;

    private void OnSending(LabServer server, string command) => sending(server, command);

    private Task<Outcome<CommandResult, RescueFailure>> CallAsync(Func<Task<Outcome<CommandResult, RescueFailure>>> run, CancellationToken cancellation) =>
        wire.CallAsync(Link.Rescue, run, () => Failed<CommandResult>(RescueError.ConnectionLost), () => Failed<CommandResult>(RescueError.ConnectionLost), cancellation);
}
