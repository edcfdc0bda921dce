using System.Runtime.InteropServices;
using System.Text;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.LibSsh;

namespace Caphr.Lab.Rescue;

/// <summary>One caller: key exchange, login by key, and commands on channels.</summary>
/// <param name="hangUp">Ends the connection before libssh can take its leave.</param>
internal sealed class LabSshSession(SshPipe pipe, Action hangUp, LabServer server, ILabShell shell, TimeProvider clock)
{
    private const int MaximumInput = 1024 * 1024;
    private const int BufferBytes = 32 * 1024;

    // Some drops are never noticed; nothing of the Lab stays open for longer than this without a word.
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromMinutes(10);

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Dictionary<nint, Command> _commands = [];
    private bool _letIn;
    private bool _isCut;

    internal async Task RunAsync(CancellationToken power)
    {
        try
        {
            if (await pipe.RepeatAsync(ServerNativeMethods.HandleKeyExchange, Reply.Again, power) != Reply.Ok) return;
            while (true)
            {
                if (HandleMessage() || await ServeCommandsAsync(power)) continue;
                if (_isCut) return;

                using var idle = new CancellationTokenSource(s_idleLimit, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(power, idle.Token);
                if (!await pipe.WaitAsync(either.Token)) return;
            }
        }
        finally
        {
            foreach (var command in _commands.Values) command.Channel.Dispose();
        }
    }

    private bool HandleMessage()
    {
        using var message = ServerNativeMethods.GetMessage(pipe.Session);
        if (message.IsInvalid) return false;

        var kind = ServerNativeMethods.GetKind(message);
        var handled = kind switch
        {
            MessageKind.Authentication => Authenticate(message),
            MessageKind.OpenChannel => OpenChannel(message),
            MessageKind.ChannelRequest => StartCommand(message),
            _ => false,
        };
        if (!handled) ServerNativeMethods.Refuse(message);
        return true;
    }

    private bool Authenticate(SshMessageHandle message)
    {
        ServerNativeMethods.SetMethods(message, SubKind.PublicKey);
        if (ServerNativeMethods.GetSubKind(message) != SubKind.PublicKey) return false;
        if (!shell.LetsIn(Text(ServerNativeMethods.GetUser(message)), SshUserKey.PublicBlob(ServerNativeMethods.GetUserKey(message)))) return false;

        switch (ServerNativeMethods.GetSignatureState(message))
        {
            case SignatureState.NotYet:
                ServerNativeMethods.AskForSignature(message);
                return true;
            case SignatureState.Valid:
                _letIn = true;
                ServerNativeMethods.LetIn(message, partial: 0);
                return true;
            default:
                return false;
        }
    }

    private bool OpenChannel(SshMessageHandle message)
    {
        if (!_letIn || ServerNativeMethods.GetSubKind(message) != SubKind.SessionChannel) return false;
        var channel = ServerNativeMethods.AcceptChannel(message);
        if (channel != 0) _commands[channel] = new Command(new SshChannelHandle(pipe.Session, channel));
        return true;
    }

    private bool StartCommand(SshMessageHandle message)
    {
        if (ServerNativeMethods.GetSubKind(message) != SubKind.Exec) return false;
        if (!_commands.TryGetValue(ServerNativeMethods.GetChannel(message), out var command) || command.Text is not null) return false;
        command.Text = Text(ServerNativeMethods.GetCommand(message));
        ServerNativeMethods.AcceptRequest(message);
        return true;
    }

    /// <summary>True when something moved.</summary>
    private async Task<bool> ServeCommandsAsync(CancellationToken power)
    {
        foreach (var (key, command) in _commands.ToArray())
        {
            var ended = TakeInput(command, out var took);
            if (took) return true;
            if (ended && command.Text is null)
            {
                Forget(key, command);
                return true;
            }

            if (command.Text is null || (!ended && shell.ReadsInput(command.Text))) continue;
            var reply = shell.Run(command.Text, command.Input.ToArray());
            await AnswerAsync(command.Channel, reply, power);
            Forget(key, command);
            reply.Afterwards?.Invoke();
            return !_isCut;
        }

        return false;
    }

    /// <summary>Gives whether the input has ended.</summary>
    private bool TakeInput(Command command, out bool took)
    {
        var count = NativeMethods.Read(command.Channel, _buffer, BufferBytes, isStandardError: 0);
        took = count > 0;
        if (took && command.Input.Length < MaximumInput) command.Input.Write(_buffer.AsSpan(0, count));
        return !took && (NativeMethods.IsEndOfFile(command.Channel) != 0 || NativeMethods.IsClosed(command.Channel) != 0);
    }

    private async Task AnswerAsync(SshChannelHandle channel, LabReply reply, CancellationToken power)
    {
        _isCut = server.Strikes(ServerFault.SshCut);
        for (var rest = reply.Output.AsMemory(0, _isCut ? reply.Output.Length / 2 : reply.Output.Length); !rest.IsEmpty;)
        {
            var written = NativeMethods.Write(channel, rest.Span, (uint)rest.Length);
            if (written > 0) rest = rest[written..];
            else if (written < 0 || !await pipe.WaitAsync(power)) return;
        }

        if (_isCut)
        {
            hangUp();
            return;
        }

        var complaint = Encoding.UTF8.GetBytes(reply.Complaint);
        if (complaint.Length > 0) ServerNativeMethods.WriteError(channel, complaint, (uint)complaint.Length);
        ServerNativeMethods.SendExitStatus(channel, reply.Status);
        NativeMethods.SendEndOfFile(channel);
        NativeMethods.CloseChannel(channel);
    }

    private void Forget(nint key, Command command)
    {
        command.Channel.Dispose();
        _commands.Remove(key);
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    private sealed class Command(SshChannelHandle channel)
    {
        public SshChannelHandle Channel { get; } = channel;

        public string? Text { get; set; }

        public MemoryStream Input { get; } = new();
    }
}
