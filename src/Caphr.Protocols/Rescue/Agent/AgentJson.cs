using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caphr.Protocols.Rescue.Agent;

/// <summary>Why the agent did not do it. The codes are the agent's part of <see cref="RescueError"/>.</summary>
internal sealed record AgentRefusal(RescueError Refused, string Detail, IReadOnlyList<string> Evidence);

internal sealed record StatusRequest(string Attempt);

internal sealed record EmptyRequest;

/// <summary>
/// The agent's words. Read strictly: an unknown, missing or doubled member means that it was not our agent who spoke.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 8,
    Converters = [typeof(AgentWordConverter<RescueError>), typeof(AgentWordConverter<InstallError>), typeof(AgentWordConverter<FullWipeError>),
        typeof(LowerCaseConverter<AttemptState>), typeof(LowerCaseConverter<DiskOwner>), typeof(LowerCaseConverter<WipePolicy>),
        typeof(LowerCaseConverter<FirmwareKind>), typeof(LowerCaseConverter<BootEntryKind>), typeof(LowerCaseConverter<BootMethod>)])]
[JsonSerializable(typeof(AgentRefusal))]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(RescueProof))]
[JsonSerializable(typeof(ServerInventory))]
[JsonSerializable(typeof(InstallRequest))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(InstallStatus))]
[JsonSerializable(typeof(WipeRequest))]
[JsonSerializable(typeof(WipeReport))]
[JsonSerializable(typeof(FullWipeRequest))]
[JsonSerializable(typeof(FullWipeStatus))]
[JsonSerializable(typeof(SeedRequest))]
[JsonSerializable(typeof(SeedReport))]
[JsonSerializable(typeof(FirmwareRequest))]
[JsonSerializable(typeof(FirmwareReport))]
[JsonSerializable(typeof(BootRequest))]
[JsonSerializable(typeof(BootReport))]
internal sealed partial class AgentJson : JsonSerializerContext;

/// <summary>Codes are written as they are named, never as numbers.</summary>
internal sealed class AgentWordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

internal sealed class LowerCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
