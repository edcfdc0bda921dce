namespace Caphr.Protocols.Tests.Kubernetes;

/// <summary>The base class' own behaviour: the real clock, for tests whose other half is a real socket.</summary>
internal sealed class RealTime : TimeProvider;
