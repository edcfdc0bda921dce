using Caphr.Lab.Cli.Admin;
using Caphr.Protocols;

namespace Caphr.Lab.Cli;

/// <summary>What a command does that asks a Lab which runs already: find it, ask, and tell.</summary>
internal static class OnLab
{
    public static async Task<int> TellAsync(Func<LabConnection, CancellationToken, Task<Outcome<string, LabFailure>>> ask, CancellationToken cancellation)
    {
        var found = await LabConnection.FindAsync(Workplace.Sockets(), cancellation);
        if (!found.TryGet(out var lab, out var failure)) return await FailAsync(failure);
        using (lab)
        {
            var told = await ask(lab, cancellation);
            if (!told.TryGet(out var text, out failure)) return await FailAsync(failure);
            if (text.Length > 0) await Console.Out.WriteLineAsync(text.TrimEnd());
            return 0;
        }
    }

    public static async Task<int> FailAsync(LabFailure failure)
    {
        await Console.Error.WriteLineAsync(failure.Sentence);
        return 1;
    }
}
