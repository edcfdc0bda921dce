using Caphr.Actors.Servers;
using Caphr.Host.Effects;

namespace Caphr.Host.Metrics;

/// <summary>How an effect ended, for whoever counts.</summary>
internal enum EffectOutcome
{
    Done,

    /// <summary>Surely not done.</summary>
    Refused,

    /// <summary>Perhaps done: the answer was lost.</summary>
    Unknown,

    /// <summary>Nobody waited for it any more.</summary>
    Left,

    /// <summary>By a bug of ours.</summary>
    Broken,
}

internal static class EffectOutcomes
{
    public static EffectOutcome Of(ServerInput.Heard heard) => heard switch
    {
        ServerInput.Heard.Refused { Reason: EffectRunner.InternalError } => EffectOutcome.Broken,
        ServerInput.Heard.Refused or ServerInput.Heard.WriteFailed => EffectOutcome.Refused,
        ServerInput.Heard.LeftUnknown => EffectOutcome.Unknown,
        _ => EffectOutcome.Done,
    };
}
