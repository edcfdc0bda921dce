namespace Caphr.Actors.Journal;

public enum EventDecodeError
{
    /// <summary>No event of that name is registered: the journal was written by a later release, or the registration is missing.</summary>
    UnknownManifest,

    /// <summary>The name is known and the version is not: the journal was written by a later release.</summary>
    UnknownVersion,

    /// <summary>The payload does not have the shape its name and version promise.</summary>
    MalformedPayload,
}

/// <summary>A stored event cannot be understood. Guessing would give an actor a wrong memory, so it is not started.</summary>
public sealed class UndecodableEventException(EventDecodeError error, JournalEntry entry) : Exception(Describe(error, entry))
{
    public EventDecodeError Error { get; } = error;

    public string Manifest { get; } = entry.Manifest;

    public int Version { get; } = entry.Version;

    private static string Describe(EventDecodeError error, JournalEntry entry) => error switch
    {
        EventDecodeError.UnknownManifest => $"The journal holds an event '{entry.Manifest}' (version {entry.Version}), which this release does not know.",
        EventDecodeError.UnknownVersion => $"The journal holds an event '{entry.Manifest}' in version {entry.Version}, which this release does not know.",
        EventDecodeError.MalformedPayload => $"The journal holds an event '{entry.Manifest}' (version {entry.Version}) whose payload does not fit that name.",
    };
}
