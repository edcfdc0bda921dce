namespace Caphr.Host.Control;

/// <summary>A machine that waits for a server.</summary>
/// <param name="Shard">Whoever works it minds the machine.</param>
internal readonly record struct PlaceInQueue(int Shard, DateTimeOffset Since);
