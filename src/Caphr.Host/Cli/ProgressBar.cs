using System.Globalization;

namespace Caphr.Host.Cli;

/// <summary>How far long work is, on one line that is written over. Only where somebody watches: a log has no use for it.</summary>
internal sealed class ProgressBar(TextWriter output, long whole, bool isWatched) : IProgress<long>
{
    private const int Width = 30;

    private int _shown = -1;

    public static ProgressBar OnErrors(TextWriter errors, long whole) => new(errors, whole, ReferenceEquals(errors, Console.Error) && !Console.IsErrorRedirected);

    public void Report(long value)
    {
        var percent = whole == 0 ? 100 : (int)(100 * Math.Min(value, whole) / whole);
        if (!isWatched || percent == _shown) return;
        _shown = percent;
        var full = Width * percent / 100;
        output.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', full)}{new string('.', Width - full)}] {percent,3} %{(percent == 100 ? "\n" : "")}"));
    }
}
