using System.CommandLine;
using System.Globalization;
using System.Text;
using Caphr.Host.Diagnostics;
using Caphr.Host.Journals;

namespace Caphr.Host.Cli;

/// <summary><c>caphr journal</c>: how large it is, a copy of it as text, and a new journal from such a copy.</summary>
internal static class JournalCommand
{
    public static Command Create(TimeProvider clock) => new("journal", "Look at the journal, copy it, or make one from a copy.")
    {
        HostVerb.Create<JournalAnswer>("stat", "Show how many events there are, and where.", clock, _ => "journal", Stat),
        Export(),
        Import(),
    };

    private static Command Export()
    {
        var file = new Argument<string>("file") { Description = "The file to write, or - for the standard output." };
        var door = new Door();
        var export = new Command("export", "Write all events of the running host's journal to a file, as text with checksums.") { file };
        door.AddTo(export);
        export.SetAction((parsed, cancellation) => HostVerb.AskAsync(
            parsed, door, (client, stop) => ExportAsync(client, parsed.GetValue(file)!, parsed.InvocationConfiguration, stop), cancellation));
        return export;
    }

    private static async Task<DiagnosticsFailure?> ExportAsync(DiagnosticsClient client, string file, InvocationConfiguration console, CancellationToken cancellation)
    {
        if (file == "-") return await CopyAsync(client, console.Output, console.Error, cancellation);
        try
        {
            // What is not whole never stands under the name that was asked for.
            var part = $"{file}.part";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(part, options))
            await using (var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" })
            {
                if (await CopyAsync(client, writer, console.Error, cancellation) is { } failure) return failure;
            }

            File.Move(part, file, overwrite: true);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new DiagnosticsFailure(DiagnosticsError.Misunderstood, $"{file} cannot be written: {refused.Message}");
        }
    }

    private static async Task<DiagnosticsFailure?> CopyAsync(DiagnosticsClient client, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        if (!(await AskAsync<JournalAnswer>(client, "journal", cancellation)).TryGet(out var stat, out var failure)) return failure;
        var bar = ProgressBar.OnErrors(errors, stat.Events);
        var lines = new JournalFile.Writer(stat.Id);
        await output.WriteLineAsync(lines.Head());
        var (after, copied) = (0L, 0L);
        while (true)
        {
            if (!(await AskAsync<JournalPage>(client, string.Create(CultureInfo.InvariantCulture, $"journal/events?after={after}"), cancellation)).TryGet(out var page, out failure)) return failure;
            foreach (var stored in page.Events) await output.WriteLineAsync(lines.Event(stored));
            bar.Report(copied += page.Events.Count);
            if (page.Events.Count == 0) break;
            after = page.LastOffset;
        }

        await output.WriteLineAsync(lines.End());
        return null;
    }

    private static async Task<Protocols.Outcome<T, DiagnosticsFailure>> AskAsync<T>(DiagnosticsClient client, string question, CancellationToken cancellation)
        where T : class => (await client.AskAsync(question, cancellation)).TryGet(out var answer, out var failure) ? DiagnosticsClient.Read<T>(answer) : failure;

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "What `caphr journal export` has written." };
        var surroundings = new Surroundings();
        var import = new Command("import", "Make an empty journal hold what a copy holds. No host may run with that journal; the flags say where it is.") { file };
        surroundings.AddTo(import);
        import.SetAction(async (parsed, cancellation) =>
        {
            var console = parsed.InvocationConfiguration;
            if (!surroundings.Read(parsed).TryGet(out var configuration, out var unclear))
            {
                await console.Error.WriteLineAsync(unclear.Message);
                return 1;
            }

            if (await ImportAsync(parsed.GetValue(file)!, configuration.Options(Environment.MachineName), console, cancellation) is not { } failure) return 0;
            await console.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        });
        return import;
    }

    private static async Task<DiagnosticsFailure?> ImportAsync(string file, HostOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        IReadOnlyList<StoredEvent>? events;
        try
        {
            // All of it is read and believed before the first event is written.
            if (!JournalFile.Read(file, await File.ReadAllLinesAsync(file, cancellation)).TryGet(out events, out var damaged)) return damaged;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new DiagnosticsFailure(DiagnosticsError.NotFound, $"{file} cannot be read: {refused.Message}");
        }

        if (!(await JournalStore.OpenAsync(options, cancellation)).TryGet(out var journal, out var closed)) return new DiagnosticsFailure(DiagnosticsError.Unavailable, closed.Message);
        await using var owned = journal;
        if (!(await JournalImport.RunAsync(journal, events, ProgressBar.OnErrors(console.Error, events.Count), cancellation)).TryGet(out _, out var failure)) return failure;
        await console.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{events.Count} events of {events.DistinctBy(one => one.Actor).Count()} actors are in {journal.Place} now."));
        return null;
    }

    private static void Stat(Screen screen, JournalAnswer journal) => screen.Facts(
    [
        ("journal", journal.Id),
        ("place", journal.Place),
        ("events", journal.Events.ToString(CultureInfo.InvariantCulture)),
        ("actors", journal.Actors.ToString(CultureInfo.InvariantCulture)),
        ("last offset", journal.LastOffset.ToString(CultureInfo.InvariantCulture)),
        ("first event", journal.First is { } first ? $"{Screen.Time(first)} UTC" : "none"),
        ("last event", journal.Last is { } last ? $"{Screen.Time(last)} UTC, {screen.Ago(last)} ago" : "none"),
    ]);
}
