using System.Diagnostics;

namespace Caphr.EndToEnd.Tests.Provisioning;

/// <summary>A process that does not end must fail its test, not keep the whole run waiting.</summary>
internal static class ProcessEnd
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    public static async Task EndAsync(this Process process)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_patience);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
