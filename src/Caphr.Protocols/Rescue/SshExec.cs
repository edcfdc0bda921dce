using System.Buffers;
using System.Text;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Protocols.Rescue;

/// <summary>One command on one channel: input in, both outputs out, at the same time, so that neither side can block the other.</summary>
internal sealed class SshExec(SshPipe pipe, SshChannelHandle channel, int maximumOutput)
{
    private const int BufferBytes = 32 * 1024;

    // Complaints are for people; their beginning tells the most, and no peer may fill our memory with them.
    private const int MaximumErrorOutput = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _errorOutput = new();
    private readonly byte[] _buffer = new byte[BufferBytes];

    internal async Task<Outcome<CommandResult, RescueFailure>> RunAsync(string command, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        if (await pipe.RepeatAsync(_ => NativeMethods.OpenChannel(channel), Reply.Again, cancellation) != Reply.Ok) return Broken();
        if (await pipe.RepeatAsync(_ => NativeMethods.RequestExec(channel, command), Reply.Again, cancellation) != Reply.Ok) return Broken();

        var inputEnded = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var written = Send(ref input, ref inputEnded);
            var read = Receive(_output, isStandardError: 0);
            var complained = Receive(_errorOutput, isStandardError: 1);
            if (_output.WrittenCount > maximumOutput) return new RescueFailure(RescueError.GarbledAnswer, $"The command wrote more than {maximumOutput} bytes.");
            if (NativeMethods.IsEndOfFile(channel) != 0 && read <= 0 && complained <= 0) break;
            if (written > 0 || read > 0 || complained > 0) continue;
            if (!await pipe.WaitAsync(cancellation)) return Broken();
        }

        var status = await ExitStatusAsync(cancellation);
        // With a session that is over its channels are closed too, which is not yet a command that was killed.
        if (status is null && (pipe.IsOver || NativeMethods.IsClosed(channel) == 0)) return Broken();
        return new CommandResult(status, _output.WrittenMemory, PlainText.FromPeer(Encoding.UTF8.GetString(_errorOutput.WrittenSpan)));
    }

    private int Send(ref ReadOnlyMemory<byte> input, ref bool ended)
    {
        if (ended) return 0;
        if (!input.IsEmpty)
        {
            var chunk = input.Span[..Math.Min(input.Length, BufferBytes)];
            var written = NativeMethods.Write(channel, chunk, (uint)chunk.Length);
            if (written > 0) input = input[written..];
            return written;
        }

        ended = NativeMethods.SendEndOfFile(channel) == Reply.Ok;
        return 0;
    }

    private int Receive(ArrayBufferWriter<byte> into, int isStandardError)
    {
        var count = NativeMethods.Read(channel, _buffer, BufferBytes, isStandardError);
        if (count <= 0) return count;
        var keep = isStandardError == 0 ? count : Math.Min(count, MaximumErrorOutput - into.WrittenCount);
        into.Write(_buffer.AsSpan(0, keep));
        return count;
    }

    /// <summary>The status may come after the end of the output, or never: a command killed by a signal has none.</summary>
    private async Task<int?> ExitStatusAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var status = NativeMethods.GetExitStatus(channel);
            if (status >= 0) return status;
            if (NativeMethods.IsClosed(channel) != 0) return null;
            if (!await pipe.WaitAsync(cancellation)) return null;
        }
    }

    private RescueFailure Broken() => pipe.IsOver
        ? SshConnection.Lost(pipe.LastError)
        : new RescueFailure(RescueError.CommandFailed, $"The command was not taken: {pipe.LastError}");
}
