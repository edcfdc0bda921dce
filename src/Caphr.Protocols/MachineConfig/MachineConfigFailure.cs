namespace Caphr.Protocols.MachineConfig;

/// <summary>Why a machine configuration cannot be worked with at all.</summary>
public enum MachineConfigError
{
    NotYaml,

    /// <summary>Nested deeper than any configuration is; such a text is an attack or an accident.</summary>
    TooDeep,

    /// <summary>No document is the main one: without <c>kind</c> and with <c>version: v1alpha1</c>.</summary>
    NoMainDocument,

    SeveralMainDocuments,

    /// <summary>A document without <c>kind</c> names another version than v1alpha1, or none.</summary>
    UnknownVersion,
}

/// <summary>Names the place and never quotes the text, which holds secrets.</summary>
public sealed record MachineConfigFailure(MachineConfigError Error, string Detail)
{
    /// <summary>Somebody has to correct the template; the same text fails again.</summary>
    public RetryClass Retry => Error switch
    {
        MachineConfigError.NotYaml or MachineConfigError.TooDeep or MachineConfigError.NoMainDocument
            or MachineConfigError.SeveralMainDocuments or MachineConfigError.UnknownVersion => RetryClass.NeedsHuman,
    };
}
