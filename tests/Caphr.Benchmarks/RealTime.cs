namespace Caphr.Benchmarks;

/// <summary>The base class' own behaviour, which is the real clock.</summary>
internal sealed class RealTime : TimeProvider;
