using Caphr.Protocols;

namespace Caphr.Host.Configuration;

internal enum ConfigurationError
{
    /// <summary>The file is not there, or may not be read.</summary>
    Unreadable,

    /// <summary>A line is not <c>key: value</c>.</summary>
    Malformed,

    /// <summary>There is no such setting, or not in this place.</summary>
    UnknownKey,

    /// <summary>The setting is there, and does not take this value.</summary>
    WrongValue,
}

/// <param name="Message">One sentence for a person, that says where to look. Never a secret.</param>
internal sealed record ConfigurationFailure(ConfigurationError Error, string Message)
{
    public RetryClass Retry => Error switch
    {
        ConfigurationError.Unreadable or ConfigurationError.Malformed or ConfigurationError.UnknownKey or ConfigurationError.WrongValue => RetryClass.NeedsHuman,
    };
}
