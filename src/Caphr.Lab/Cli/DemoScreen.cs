namespace Caphr.Lab.Cli;

/// <summary>Shows rows: redrawn in place on a terminal, news line by line elsewhere.</summary>
internal sealed class DemoScreen(TextWriter output, bool terminal, Func<int> width, TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private IReadOnlyList<DemoRow> _shown = [];
    private int _drawn;

    public TimeSpan Elapsed => clock.GetElapsedTime(_started);

    public void Show(IReadOnlyList<DemoRow> rows)
    {
        if (terminal) Redraw(DemoTable.Render(rows, clock.GetUtcNow(), width()));
        else foreach (var line in DemoNews.Between(_shown, rows, Elapsed)) output.WriteLine(line);
        _shown = rows;
    }

    private void Redraw(IReadOnlyList<string> lines)
    {
        // Up over what was drawn, then each line anew with its rest erased.
        if (_drawn > 0) output.Write($"\u001b[{_drawn}A");
        foreach (var line in lines) output.Write($"{line}\u001b[K\n");
        output.Write("\u001b[J");
        output.Flush();
        _drawn = lines.Count;
    }
}
