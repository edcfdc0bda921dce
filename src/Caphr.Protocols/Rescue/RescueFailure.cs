namespace Caphr.Protocols.Rescue;

/// <summary>Why a rescue system did not do what was asked. Carries nothing secret.</summary>
public sealed record RescueFailure(RescueError Error, string Detail)
{
    /// <summary>What the agent saw that made it refuse, in its own words (signatures, serial numbers, addresses).</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    public RetryClass Retry => Error switch
    {
        RescueError.Unreachable or RescueError.Refused or RescueError.TimedOut or RescueError.Dropped => RetryClass.WithBackoff,
        RescueError.NotSsh or RescueError.HandshakeFailed => RetryClass.WithBackoff,
        RescueError.CommandFailed or RescueError.Busy or RescueError.FirmwareRefused => RetryClass.WithBackoff,
        // Asking the same system again changes nothing; only another boot does.
        RescueError.HostKeyChanged or RescueError.AuthenticationRefused or RescueError.NotRescue or RescueError.BadRequest => RetryClass.Never,
        RescueError.ConnectionLost or RescueError.CommandTimedOut or RescueError.GarbledAnswer => RetryClass.Unknown,
        RescueError.LibraryMissing or RescueError.UserKeyUnreadable or RescueError.WrongIdentity => RetryClass.NeedsHuman,
        RescueError.DiskNotFound or RescueError.DiskAmbiguous or RescueError.DiskTooSmall => RetryClass.NeedsHuman,
        RescueError.ForeignData or RescueError.DiskInUse or RescueError.WipeIncomplete => RetryClass.NeedsHuman,
        RescueError.PartitionNotFound or RescueError.SeedFailed => RetryClass.NeedsHuman,
    };

    public override string ToString() => Evidence.Count == 0 ? $"{Error}: {Detail}" : $"{Error}: {Detail} ({string.Join("; ", Evidence)})";
}
