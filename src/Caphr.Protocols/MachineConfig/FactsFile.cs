using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caphr.Protocols.MachineConfig;

/// <summary>Facts written down as JSON, for trying out without a server what they become in a configuration.</summary>
public static class FactsFile
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    public static Outcome<HardwareFacts, MachineConfigFailure> Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<HardwareFacts>(json, s_options) is { } facts ? facts : Unreadable("they are null");
        }
        catch (JsonException exception)
        {
            // The place only: a value may be a key.
            return Unreadable($"look at {exception.Path ?? "$"} in line {(exception.LineNumber ?? 0) + 1}, where something is missing, unknown or of the wrong type");
        }
        catch (NotSupportedException)
        {
            return Unreadable("installDisk must say by which name it is meant: {\"by\": \"wwn\", \"wwn\": …}, or serial, or path");
        }
    }

    private static MachineConfigFailure Unreadable(string why) => new(MachineConfigError.FactsUnreadable, $"The facts cannot be read: {why}.");
}
