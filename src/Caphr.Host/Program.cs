using System.CommandLine;
using Caphr.Host.Cli;

// The one place that chooses the real clock and real chance; everything below is given them.
#pragma warning disable RS0030
var clock = TimeProvider.System;
var random = Random.Shared;
#pragma warning restore RS0030

// Kubernetes gives a pod thirty seconds; the library would end the process two seconds after SIGTERM, in the middle of a hand-over.
return await CaphrCommand.Create(clock, random).Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(28) });
