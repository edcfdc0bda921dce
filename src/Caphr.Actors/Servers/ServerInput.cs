namespace Caphr.Actors.Servers;

/// <summary>What an actor can hear. Everything may arrive twice, late or out of order.</summary>
public abstract record ServerInput
{
    private ServerInput() { }

    /// <summary>Kubernetes wants this now.</summary>
    public sealed record WishObserved(ServerWish Wish) : ServerInput;

    /// <summary>The journal was replayed in a new process: what was under way has an unknown end.</summary>
    public sealed record Recovered : ServerInput;

    /// <summary>The state's deadline has come.</summary>
    public sealed record DeadlineCame : ServerInput;

    /// <summary>The one end of an effect. Only the running step's is listened to.</summary>
    public abstract record Heard(EffectKey Key) : ServerInput
    {
        public sealed record ServerFound(EffectKey Key, ServerRecord Record) : Heard(Key);

        public sealed record RescueArmed(EffectKey Key) : Heard(Key);

        /// <summary>Nothing stands in the way of a reset at this moment.</summary>
        public sealed record ResetReady(EffectKey Key) : Heard(Key);

        public sealed record ResetPressed(EffectKey Key) : Heard(Key);

        /// <summary>An SSH server took our key and showed this host key. Nothing is proven yet.</summary>
        public sealed record RescueAnswered(EffectKey Key, string HostKey) : Heard(Key);

        /// <summary>At least two markers of the rescue system, and the hardware as it describes itself.</summary>
        public sealed record RescueProven(EffectKey Key, HardwareFacts Hardware) : Heard(Key);

        public sealed record ImageWritten(EffectKey Key, long Bytes, string? Sha256) : Heard(Key);

        /// <summary>The writer itself said that it ended without an image. Only after this may another one begin.</summary>
        public sealed record WriteFailed(EffectKey Key, string Reason, string Message) : Heard(Key);

        public sealed record RescueLeft(EffectKey Key) : Heard(Key);

        public sealed record MaintenanceAnswered(EffectKey Key, MaintenanceTalos Talos) : Heard(Key);

        public sealed record ConfigurationAccepted(EffectKey Key) : Heard(Key)
        {
            /// <summary>The keys at which the configuration said something itself, which was left.</summary>
            public IReadOnlyList<string> Kept { get; init; } = [];
        }

        public sealed record NodeProven(EffectKey Key, string TalosVersion) : Heard(Key);

        /// <summary>The node has begun to leave, and will restart through the firmware.</summary>
        public sealed record NodeDismissed(EffectKey Key) : Heard(Key);

        public sealed record DiskWiped(EffectKey Key) : Heard(Key);

        /// <summary>Not done, surely: with what to make of it.</summary>
        public sealed record Refused(EffectKey Key, string Reason, string Message, Advice Advice, TimeSpan? Wait = null) : Heard(Key);

        /// <summary>Perhaps done: the answer was lost.</summary>
        public sealed record LeftUnknown(EffectKey Key, string Message) : Heard(Key);
    }
}

/// <summary>What a refusal asks for.</summary>
public enum Advice
{
    /// <summary>Try again, with growing pauses.</summary>
    BackOff,

    /// <summary>Try again at a slow, steady pace, or at the time that is named: nothing changes until a person does something or Robot opens, and no attempt is counted.</summary>
    WaitForPerson,

    /// <summary>The same step will be refused again: end here and explain.</summary>
    GiveUp,

    /// <summary>The rescue system is gone or is not the one that was proven: go through it again.</summary>
    EnterRescueAgain,
}
