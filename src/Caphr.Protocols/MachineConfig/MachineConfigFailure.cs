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

    /// <summary>A patch stands where its result should: a JSON6902 operation, or a strategic merge's <c>$patch</c>.</summary>
    PatchLeftOver,

    /// <summary>Nobody has checked what this Talos release takes.</summary>
    UnknownTalosVersion,

    /// <summary>A document of a kind that this Talos release does not know yet; it refuses the whole configuration.</summary>
    KindTooNew,

    /// <summary>Two documents of one kind and name.</summary>
    DocumentTwice,

    /// <summary>One thing is said in the main document and in a document of its own, which Talos refuses.</summary>
    SaidTwice,

    /// <summary>The facts are not readable as such.</summary>
    FactsUnreadable,
}

/// <summary>Names the place and never quotes the text, which holds secrets.</summary>
public sealed record MachineConfigFailure(MachineConfigError Error, string Detail)
{
    /// <summary>Somebody has to correct the template; the same text fails again.</summary>
    public RetryClass Retry => Error switch
    {
        MachineConfigError.NotYaml or MachineConfigError.TooDeep or MachineConfigError.NoMainDocument
            or MachineConfigError.SeveralMainDocuments or MachineConfigError.UnknownVersion or MachineConfigError.PatchLeftOver
            or MachineConfigError.UnknownTalosVersion or MachineConfigError.KindTooNew or MachineConfigError.DocumentTwice
            or MachineConfigError.SaidTwice or MachineConfigError.FactsUnreadable => RetryClass.NeedsHuman,
    };
}
