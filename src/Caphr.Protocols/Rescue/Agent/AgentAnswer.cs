using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Caphr.Protocols.Rescue.Agent;

/// <summary>From what a command left behind to what the agent said.</summary>
internal static class AgentAnswer
{
    internal static Outcome<TAnswer, RescueFailure> Read<TAnswer>(string verb, CommandResult result, JsonTypeInfo<TAnswer> shape)
        where TAnswer : class => result.ExitStatus switch
        {
            0 => Parse(verb, result, shape),
            AgentScript.RefusedStatus => Parse(verb, result, AgentJson.Default.AgentRefusal).TryGet(out var refusal, out var garbled) ? Refuse(verb, refusal) : garbled,
            null => new RescueFailure(RescueError.CommandFailed, $"The agent's {verb} was ended by a signal. {result.ErrorOutput}"),
            { } status => new RescueFailure(RescueError.CommandFailed, $"The agent's {verb} ended with status {status}. {result.ErrorOutput}"),
        };

    private static Outcome<T, RescueFailure> Parse<T>(string verb, CommandResult result, JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            var answer = JsonSerializer.Deserialize(result.Output.Span, shape);
            return answer is not null ? answer : Garbled(verb, "null");
        }
        catch (JsonException exception)
        {
            // The position tells enough; the text itself is whatever somebody wanted us to log.
            return Garbled(verb, $"at line {exception.LineNumber}, byte {exception.BytePositionInLine}, in {PlainText.FromPeer(exception.Path ?? "the object")}");
        }
    }

    private static RescueFailure Refuse(string verb, AgentRefusal refusal) => refusal.Refused >= RescueError.BadRequest
        ? new RescueFailure(refusal.Refused, PlainText.FromPeer(refusal.Detail)) { Evidence = [.. refusal.Evidence.Select(PlainText.FromPeer)] }
        : Garbled(verb, $"a refusal the agent has no word for ({refusal.Refused})");

    private static RescueFailure Garbled(string verb, string where) =>
        new(RescueError.GarbledAnswer, $"The answer to {verb} is not the one object that was agreed: {where}.");
}
