using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Caphr.Actors.Journal;

/// <summary>
/// Translates a closed family of events to stored JSON and back. Types are stored under registered names, so they may be moved and renamed in code;
/// a changed shape gets the next version and a function that lifts the version before, unless all that changed is a new member with a default
/// value. Register everything before the first use; from then on it is safe from every thread.
/// </summary>
public sealed class EventCodec<TEvent>
    where TEvent : notnull
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private readonly Dictionary<Type, Registration> _byType = [];
    private readonly Dictionary<string, Registration> _byManifest = [];

    /// <summary>All that can be written today, each under its current version.</summary>
    public IEnumerable<(string Manifest, int Version)> Manifests => _byType.Values.Select(registration => (registration.Manifest, registration.Version));

    /// <param name="lifts">
    /// For each earlier version, from 1 on, how to make the next version's payload of it. Their number says which version is the current one.
    /// </param>
    public EventCodec<TEvent> Register<T>(string manifest, params Func<JsonObject, JsonObject>[] lifts)
        where T : TEvent
    {
        var registration = new Registration(manifest, typeof(T), lifts);
        _byType.Add(typeof(T), registration);
        _byManifest.Add(manifest, registration);
        return this;
    }

    /// <exception cref="InvalidOperationException">The type of the event was never registered.</exception>
    public JournalEntry Encode(TEvent @event, DateTimeOffset at)
    {
        if (!_byType.TryGetValue(@event.GetType(), out var registration)) throw new InvalidOperationException($"{@event.GetType().Name} has no manifest: register it.");
        return new JournalEntry(registration.Manifest, registration.Version, JsonSerializer.Serialize(@event, registration.Type, s_json), at);
    }

    /// <exception cref="UndecodableEventException">The entry was written by something this codec does not know.</exception>
    public TEvent Decode(JournalEntry entry)
    {
        if (!_byManifest.TryGetValue(entry.Manifest, out var registration)) throw new UndecodableEventException(EventDecodeError.UnknownManifest, entry);
        if (entry.Version < 1 || entry.Version > registration.Version) throw new UndecodableEventException(EventDecodeError.UnknownVersion, entry);
        try
        {
            if (entry.Version == registration.Version) return (TEvent)(JsonSerializer.Deserialize(entry.Payload, registration.Type, s_json) ?? throw Malformed());
            var payload = JsonNode.Parse(entry.Payload) as JsonObject ?? throw Malformed();
            foreach (var lift in registration.Lifts[(entry.Version - 1)..]) payload = lift(payload);
            return (TEvent)(payload.Deserialize(registration.Type, s_json) ?? throw Malformed());
        }
        catch (JsonException)
        {
            // The reader's own exception quotes the payload, which may not be quoted.
            throw Malformed();
        }

        UndecodableEventException Malformed() => new(EventDecodeError.MalformedPayload, entry);
    }

    private sealed record Registration(string Manifest, Type Type, Func<JsonObject, JsonObject>[] Lifts)
    {
        public int Version => Lifts.Length + 1;
    }
}
