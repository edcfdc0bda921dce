using System.Text.Json.Nodes;
using Caphr.Actors.Journal;

namespace Caphr.Actors.Tests.Journal;

public class EventCodecTests
{
    private static readonly DateTimeOffset s_at = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private enum Colour
    {
        Red,
        DeepBlue,
    }

    private abstract record Painted
    {
        public sealed record Wall(string Room, Colour Colour, int? Coats, bool Glossy = false) : Painted;

        public sealed record Door(string Room) : Painted;
    }

    [Fact]
    public void An_event_is_stored_under_its_manifest_as_readable_json()
    {
        var entry = Codec().Encode(new Painted.Wall("kitchen", Colour.DeepBlue, Coats: null), s_at);

        Assert.Equal(new JournalEntry("wall-painted", 1, """{"room":"kitchen","colour":"deepBlue","coats":null,"glossy":false}""", s_at), entry);
        Assert.Equal(new Painted.Wall("kitchen", Colour.DeepBlue, Coats: null), Codec().Decode(entry));
    }

    [Fact]
    public void An_event_of_an_earlier_version_is_lifted_version_by_version()
    {
        var codec = new EventCodec<Painted>().Register<Painted.Wall>(
            "wall-painted",
            v1 => new JsonObject { ["room"] = v1["place"]!.DeepClone(), ["colour"] = "red" },
            v2 => new JsonObject { ["room"] = v2["room"]!.DeepClone(), ["colour"] = v2["colour"]!.DeepClone(), ["coats"] = 1 });

        Assert.Equal(new Painted.Wall("hall", Colour.Red, 1), codec.Decode(new JournalEntry("wall-painted", 1, """{"place":"hall"}""", s_at)));
        Assert.Equal(new Painted.Wall("hall", Colour.DeepBlue, 1), codec.Decode(new JournalEntry("wall-painted", 2, """{"room":"hall","colour":"deepBlue"}""", s_at)));
        Assert.Equal(3, codec.Encode(new Painted.Wall("hall", Colour.Red, 2), s_at).Version);
    }

    [Theory]
    [InlineData("roof-painted", 1, "{}", EventDecodeError.UnknownManifest)]
    [InlineData("wall-painted", 2, "{}", EventDecodeError.UnknownVersion)]
    [InlineData("wall-painted", 0, "{}", EventDecodeError.UnknownVersion)]
    [InlineData("wall-painted", 1, """{"room":"hunter2"}""", EventDecodeError.MalformedPayload)]
    [InlineData("wall-painted", 1, """{"room":null,"colour":"hunter2"}""", EventDecodeError.MalformedPayload)]
    [InlineData("wall-painted", 1, "null", EventDecodeError.MalformedPayload)]
    public void What_cannot_be_understood_is_a_named_error_that_says_which_and_quotes_nothing(string manifest, int version, string payload, EventDecodeError error)
    {
        var refused = Assert.Throws<UndecodableEventException>(() => Codec().Decode(new JournalEntry(manifest, version, payload, s_at)));

        Assert.Equal((error, manifest, version), (refused.Error, refused.Manifest, refused.Version));
        Assert.Contains(manifest, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_with_a_default_value_may_be_missing() =>
        Assert.Equal(
            new Painted.Wall("hall", Colour.Red, 1),
            Codec().Decode(new JournalEntry("wall-painted", 1, """{"room":"hall","colour":"red","coats":1}""", s_at)));

    [Fact]
    public void An_event_that_was_never_registered_is_not_written() =>
        Assert.Throws<InvalidOperationException>(() => Codec().Encode(new Painted.Door("kitchen"), s_at));

    [Fact]
    public void A_manifest_names_one_type() =>
        Assert.Throws<ArgumentException>(() => Codec().Register<Painted.Door>("wall-painted"));

    private static EventCodec<Painted> Codec() => new EventCodec<Painted>().Register<Painted.Wall>("wall-painted");
}
