using System.Globalization;
using Caphr.Lab.World;

namespace Caphr.EndToEnd.Tests.Chaos;

/// <summary>
/// What must never have happened to a server, whatever struck meanwhile, read from the world's own ledger. Nothing the controller says of itself counts.
/// </summary>
/// <param name="asked">When the Machine that held a server was deleted: before that, nobody may take its node down.</param>
internal sealed class LedgerRules(ILookup<int, DateTimeOffset> asked)
{
    public IEnumerable<string> Broken(IEnumerable<LedgerEntry> ledger) => ledger.GroupBy(entry => entry.Server).SelectMany(Broken);

    private IEnumerable<string> Broken(IGrouping<int, LedgerEntry> server)
    {
        LedgerEntry? pressed = null;
        var (isWritten, hasNode) = (false, false);
        var free = DateTimeOffset.MinValue;
        foreach (var entry in server)
        {
            switch (entry.Fact)
            {
                case Fact.ResetPressed when pressed is not null:
                    yield return Say(entry, "was reset again before anything came of the last reset");
                    break;
                case Fact.ConfigurationApplied when !isWritten:
                    yield return Say(entry, "was configured without an image that was written for that");
                    break;
                case Fact.DiskWiped when !asked[server.Key].Any(at => at <= entry.At):
                    yield return Say(entry, "was wiped although nobody had deleted its Machine");
                    break;
            }

            // It may have been deleted before it was configured, and the controller cut off just then: what counts is that this has not led to a wipe yet.
            if (hasNode && Destroys(entry.Fact) && !asked[server.Key].Any(at => at >= free && at <= entry.At))
                yield return Say(entry, "ran a node, and was touched although nobody had deleted its Machine");

            if (entry.Fact == Fact.ResetPressed) pressed = entry;
            else if (entry.Fact is Fact.RescueBooted or Fact.DiskBooted or Fact.NothingToBoot or Fact.PowerLost) pressed = null;
            if (entry.Fact == Fact.ConfigurationApplied) (hasNode, isWritten) = (true, false);
            else if (entry.Fact is Fact.DiskWiped or Fact.DiskWriteStarted) hasNode = false;
            if (entry.Fact == Fact.DiskWritten) isWritten = true;
            if (entry.Fact == Fact.DiskWiped) free = entry.At;
        }
    }

    private static bool Destroys(Fact fact) => fact is Fact.ResetPressed or Fact.TalosReset or Fact.DiskWiped or Fact.DiskWriteStarted;

    private static string Say(LedgerEntry entry, string what) => string.Create(CultureInfo.InvariantCulture, $"{entry.At:HH:mm:ss.fff} server {entry.Server} {what} ({entry.Fact} {entry.Detail})");
}
