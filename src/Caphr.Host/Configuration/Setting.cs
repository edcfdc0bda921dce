using System.Globalization;
using System.Text.RegularExpressions;

namespace Caphr.Host.Configuration;

/// <summary>
/// One thing a host can be told. The parser, <c>caphr run --help</c>, <c>caphr config print</c> and docs/configuration.md are all made from these.
/// </summary>
/// <param name="Key">In the file as it is; as a flag behind two dashes.</param>
/// <param name="Default">In words where it is not a value of its own; null where leaving it out means something else.</param>
internal sealed partial record Setting(string Key, SettingKind Kind, string? Default, string Meaning)
{
    public string Flag => $"--{Key}";

    public string Variable => $"CAPHR_{Key.ToUpperInvariant().Replace('-', '_')}";

    /// <summary>A name that others agreed on for the same, and that counts where ours is not in the environment.</summary>
    public string? StandardVariable { get; init; }

    /// <summary>For what has no default that would show it.</summary>
    public string? Example { get; init; }

    /// <summary>Known to the environment only: a flag is in the list of processes, and a file of settings in a repository.</summary>
    public bool IsSecret => Kind is SettingKind.Secret;

    /// <summary>Beside every secret stands a setting that names a file which holds it.</summary>
    public string FileKey => $"{Key}-file";

    public int Least { get; init; } = int.MinValue;

    public int Most { get; init; } = int.MaxValue;

    /// <summary>What it may be, where it is one of a few.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    public string Shape => Kind switch
    {
        SettingKind.Text => "text",
        SettingKind.Path => "path",
        SettingKind.Secret => "secret",
        SettingKind.Label => "label value",
        SettingKind.Url => "URL",
        SettingKind.Switch => "true or false",
        SettingKind.Choice => string.Join(" or ", Choices),
        SettingKind.Number => string.Create(CultureInfo.InvariantCulture, $"{Least} to {Most}"),
    };

    /// <returns>What is wrong with a value, as the end of a sentence that begins with the setting's name; or null.</returns>
    public string? Wrong(string value) => Kind switch
    {
        SettingKind.Number when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < Least || number > Most => $"wants a number from {Shape}, not '{value}'.",
        SettingKind.Switch when value is not ("true" or "false") => $"wants true or false, not '{value}'.",
        SettingKind.Choice when !Choices.Contains(value) => $"wants {Shape}, not '{value}'.",
        // Not quoted: in front of an @ there is a password.
        SettingKind.Url when value.Contains('@', StringComparison.Ordinal) => $"wants a URL such as {Example ?? Default}, without a name or a password in it.",
        SettingKind.Url when !(Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") => $"wants a URL such as {Example ?? Default}, not '{value}'.",
        SettingKind.Label when !LabelValue().IsMatch(value) => $"wants the value of a label (letters, digits, - _ . and at most 63 of them), not '{value}'.",
        SettingKind.Text or SettingKind.Path or SettingKind.Secret when value.Length == 0 => "wants a value, and has an empty one.",
        _ => null,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();
}

internal enum SettingKind
{
    Text,
    Path,
    Number,
    Switch,
    Choice,
    Url,
    Label,
    Secret,
}
