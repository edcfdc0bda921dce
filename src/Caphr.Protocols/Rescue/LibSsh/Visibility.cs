using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// The Lab's rescue systems speak through the same library, and answer with the same shapes, so that neither exists twice.
[assembly: InternalsVisibleTo("Caphr.Lab")]
[assembly: InternalsVisibleTo("Caphr.Lab.Tests")]
[assembly: InternalsVisibleTo("Caphr.Simulation.Tests")]
[assembly: InternalsVisibleTo("Caphr.Protocols.Tests")]
[assembly: InternalsVisibleTo("Caphr.Benchmarks")]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
