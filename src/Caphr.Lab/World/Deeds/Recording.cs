using System.Text.Json;
using System.Text.Json.Serialization;
using Caphr.Protocols;

namespace Caphr.Lab.World.Deeds;

/// <summary>A world's beginning and everything that was done to it, as JSON lines: the same again gives the same.</summary>
/// <param name="World">Number of servers, seed, speed and releases; times of hardware are always the typical ones.</param>
/// <param name="Deeds">In order.</param>
public sealed record Recording(WorldOptions World, IReadOnlyList<Deed> Deeds)
{
    private const int Version = 1;

    public static Recording Of(LabWorld world) => new(world.Options, world.Deeds.All());

    public static Outcome<Recording, LabFailure> Read(IEnumerable<string> lines)
    {
        try
        {
            using var line = lines.Where(text => text.Length > 0).GetEnumerator();
            if (!line.MoveNext() || JsonSerializer.Deserialize(line.Current, RecordingJson.Default.Beginning) is not { Format: Version } beginning)
                return new LabFailure("This is no recording of the Lab: its first line does not say how the world began.");
            var deeds = new List<Deed>();
            while (line.MoveNext()) deeds.Add(JsonSerializer.Deserialize(line.Current, RecordingJson.Default.Deed) ?? throw new JsonException("null is no deed."));
            return new Recording(new WorldOptions { Servers = beginning.Servers, Seed = beginning.Seed, TimeScale = beginning.Speed, Talos = beginning.Talos }, deeds);
        }
        catch (JsonException exception)
        {
            return new LabFailure($"This recording cannot be read: {exception.Message}");
        }
    }

    public IEnumerable<string> Write() =>
    [
        JsonSerializer.Serialize(new Beginning(Version, World.Servers, World.Seed, World.TimeScale, World.Talos), RecordingJson.Default.Beginning),
        .. Deeds.Select(deed => JsonSerializer.Serialize(deed, RecordingJson.Default.Deed)),
    ];

    internal sealed record Beginning(int Format, int Servers, int Seed, double Speed, IReadOnlyList<string> Talos);
}

[JsonSerializable(typeof(Recording.Beginning))]
[JsonSerializable(typeof(Deed))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
internal sealed partial class RecordingJson : JsonSerializerContext;
