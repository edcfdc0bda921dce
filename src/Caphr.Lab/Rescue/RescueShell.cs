using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caphr.Lab.World;
using Caphr.Protocols.Rescue;
using Caphr.Protocols.Rescue.Agent;

namespace Caphr.Lab.Rescue;

/// <summary>
/// Root's shell in the rescue system of one boot. It knows the commands that the client sends and a few that people type. The agent's
/// answers come from <see cref="AgentTwin"/>, in the very shapes that the client reads.
/// </summary>
internal sealed class RescueShell : ILabShell, IDisposable
{
    private readonly RunningSystem.Rescue _rescue;
    private readonly AgentTwin _agent;
    private readonly HashSet<string> _authorized;
    private bool _agentUploaded;

    internal RescueShell(LabServer server, RunningSystem.Rescue rescue, LabTime time, IImageSource images)
    {
        _rescue = rescue;
        _agent = new AgentTwin(server, rescue, time, images);
        _authorized = [.. rescue.Order.AuthorizedKeys.Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1) ?? line)];
    }

    public bool LetsIn(string user, ReadOnlySpan<byte> publicKey)
    {
        if (user != "root") return false;
        var key = HostKey.FromBlob(publicKey);
        return _authorized.Contains(Convert.ToBase64String(publicKey)) || _rescue.Order.AuthorizedFingerprints.Any(key.HasFingerprint);
    }

    public bool ReadsInput(string command) => command == AgentScript.UploadCommand || command.StartsWith(AgentScript.Command(""), StringComparison.Ordinal);

    public LabReply Run(string command, ReadOnlySpan<byte> input)
    {
        if (command == AgentScript.UploadCommand)
        {
            _agentUploaded = input.SequenceEqual(AgentScript.Text.Span);
            return _agentUploaded ? new LabReply(0, []) : new LabReply(1, [], "This rescue system only plays the agent it was built with.\n");
        }

        if (command.StartsWith(AgentScript.Command(""), StringComparison.Ordinal))
        {
            return _agentUploaded
                ? RunAgent(command[AgentScript.Command("").Length..], input)
                : new LabReply(AgentScript.MissingStatus, [], $"bash: {AgentScript.Path}: No such file or directory\n");
        }

        return command switch
        {
            "hostname" => new LabReply(0, "rescue\n"u8.ToArray()),
            "true" => new LabReply(0, []),
            _ => new LabReply(127, [], $"sh: 1: {command}: not found\n"),
        };
    }

    public void Dispose() => _agent.Dispose();

    private LabReply RunAgent(string verb, ReadOnlySpan<byte> input)
    {
        try
        {
            return verb switch
            {
                "prove" => Answer(_agent.Prove(), AgentJson.Default.RescueProof),
                "inspect" => Answer(_agent.Inspect(), AgentJson.Default.ServerInventory),
                "install" => Answer(_agent.Install(Read(input, AgentJson.Default.InstallRequest)), AgentJson.Default.InstallStatus),
                "status" => Answer(_agent.Status(Read(input, AgentJson.Default.StatusRequest).Attempt), AgentJson.Default.InstallStatus),
                "wipe" => Wipe(input),
                "seed" => Answer(_agent.Seed(Read(input, AgentJson.Default.SeedRequest)), AgentJson.Default.SeedReport),
                "efi" => Answer(_agent.OrderBoot(Read(input, AgentJson.Default.FirmwareRequest)), AgentJson.Default.FirmwareReport),
                "boot" => Boot(Read(input, AgentJson.Default.BootRequest)),
                _ => Refuse(new AgentRefusal(RescueError.BadRequest, $"There is no verb {verb}.", [])),
            };
        }
        catch (JsonException exception)
        {
            return Refuse(new AgentRefusal(RescueError.BadRequest, exception.Message, []));
        }
    }

    /// <summary>One verb with two shapes: overwriting everything is detached.</summary>
    private LabReply Wipe(ReadOnlySpan<byte> input)
    {
        var reader = new Utf8JsonReader(input);
        using var request = JsonDocument.ParseValue(ref reader);
        return request.RootElement.GetProperty("policy").ValueEquals("full"u8)
            ? Answer(_agent.WipeFully(Read(input, AgentJson.Default.FullWipeRequest)), AgentJson.Default.FullWipeStatus)
            : Answer(_agent.Wipe(Read(input, AgentJson.Default.WipeRequest)), AgentJson.Default.WipeReport);
    }

    private LabReply Boot(BootRequest request)
    {
        var outcome = _agent.Boot(request);
        var reply = Answer(outcome, AgentJson.Default.BootReport);
        return outcome.Succeeded ? reply with { Afterwards = () => _agent.Leave(outcome.Value.Method) } : reply;
    }

    private static T Read<T>(ReadOnlySpan<byte> input, JsonTypeInfo<T> shape)
        where T : class => JsonSerializer.Deserialize(input, shape) ?? throw new JsonException("null is no request.");

    private static LabReply Answer<T>(Protocols.Outcome<T, AgentRefusal> outcome, JsonTypeInfo<T> shape)
        where T : class => outcome.TryGet(out var value, out var refusal) ? new LabReply(0, Line(value, shape)) : Refuse(refusal);

    private static LabReply Refuse(AgentRefusal refusal) => new(AgentScript.RefusedStatus, Line(refusal, AgentJson.Default.AgentRefusal));

    private static byte[] Line<T>(T value, JsonTypeInfo<T> shape) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, shape) + "\n");
}
