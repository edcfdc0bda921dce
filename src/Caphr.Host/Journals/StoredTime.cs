using System.Globalization;

namespace Caphr.Host.Journals;

/// <summary>Times are stored as text in UTC with seven decimals, in which the order of the texts is the order of the times.</summary>
internal static class StoredTime
{
    public static string Write(DateTimeOffset at) => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    public static DateTimeOffset Read(string stored) => DateTimeOffset.ParseExact(stored, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
